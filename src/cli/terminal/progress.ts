import type {AuditEvent} from '../../app/audit.js';
import {narrowedNote, progressLine, progressNote} from '../../report/terminal/progress-line.js';
import type {InFlight} from '../../report/terminal/progress-line.js';

import {liveRegion} from './live-region.js';
import type {Terminal} from './terminal.js';

/** What a command tells while hosts answer. */
export interface Progress {
  event(event: AuditEvent): void;
  /** A question stands on the screen, or was answered: the live line must not write over it. */
  question(state: 'open' | 'closed'): void;
  end(): void;
}

/** A live line on a terminal; with -v a plain line a host; in cron and CI nothing. */
export function startProgress(total: number, terminal: Terminal): Progress {
  const inFlight = new Map<string, InFlight>();
  const begun = Date.now();
  let done = 0;
  let failed = 0;
  const region = liveRegion(terminal, () => {
    const now = Date.now();
    return progressLine(
      {total, done, failed, inFlight: [...inFlight.values()], elapsedMs: now - begun, now},
      process.stderr.columns,
    );
  });

  return {
    event: (event) => {
      if (event.kind === 'started') {
        inFlight.set(event.host, {
          host: event.host,
          stage: event.stage,
          since: inFlight.get(event.host)?.since ?? Date.now(),
        });
        return;
      }
      if (event.kind === 'narrowed') {
        region.clear();
        terminal.note(narrowedNote(event.concurrency));
        return;
      }
      inFlight.delete(event.host);
      done += 1;
      if (event.failure !== undefined) failed += 1;
      if (!terminal.verbose) return;
      region.clear();
      terminal.note(progressNote(event.host, event.posture, event.failure?.message));
      for (const line of event.failure?.said ?? []) terminal.note(`${event.host} said: ${line}`);
    },
    question: region.question,
    end: region.end,
  };
}
