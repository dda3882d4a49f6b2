import type {ApplyEvent} from '../../app/change/apply-options.js';
import type {HostResult} from '../../model/apply-run.js';
import {applyBoard} from '../../report/apply/apply-board.js';
import {painter} from '../../report/terminal/paint.js';
import type {InFlight} from '../../report/terminal/progress-line.js';
import {progressNote} from '../../report/terminal/progress-line.js';
import {describeDoing} from '../../text/describe-doing.js';

import {liveRegion} from '../terminal/live-region.js';
import type {Progress} from '../terminal/progress.js';
import type {Terminal} from '../terminal/terminal.js';

export interface Board extends Pick<Progress, 'question' | 'end'> {
  event(event: ApplyEvent): void;
  wave(wave: {
    readonly kind: 'canary' | 'batch';
    readonly number: number;
    readonly hosts: number;
  }): void;
}

/**
 * A live board on a terminal; elsewhere a line a host that is finished, so that a log of cron or CI
 * tells the story.
 */
export function startBoard(total: number, terminal: Terminal): Board {
  const inFlight = new Map<string, InFlight>();
  const counts = new Map<HostResult, number>();
  const troubles: {readonly host: string; readonly result: string; readonly reason: string}[] = [];
  const begun = Date.now();
  const paint = painter(terminal.colour);
  let waveText = '';
  const region = liveRegion(terminal, () => {
    const now = Date.now();
    const state = {
      total,
      counts,
      inFlight: [...inFlight.values()],
      troubles,
      wave: waveText,
      elapsedMs: now - begun,
      now,
    };
    return applyBoard(state, process.stderr.columns || 80, paint);
  });

  const note = (text: string): void => {
    region.clear();
    terminal.note(text);
  };
  return {
    event: (event) => {
      if (event.kind === 'started') {
        const since =
          inFlight.get(event.host)?.stage === event.stage
            ? inFlight.get(event.host)?.since
            : undefined;
        inFlight.set(event.host, {
          host: event.host,
          stage: event.stage,
          since: since ?? Date.now(),
        });
        return;
      }
      if (event.kind === 'doing') {
        const {host, of, index, step} = event;
        inFlight.set(host, {
          host,
          stage: `${index + 1}/${of} ${describeDoing(step)}`,
          since: Date.now(),
        });
        return;
      }
      if (event.kind === 'step') {
        const {host, of, step} = event;
        const text = `${step.index + 1}/${of} ${step.kind} ${step.outcome}`;
        if (terminal.verbose)
          note(progressNote(host, text, step.detail === '' ? undefined : step.detail));
        return;
      }
      inFlight.delete(event.host);
      const {host, result, reason} = event;
      counts.set(result, (counts.get(result) ?? 0) + 1);
      if (reason !== undefined && result !== 'already') troubles.push({host, result, reason});
      if (terminal.verbose || !terminal.live) note(progressNote(host, result, reason));
    },
    wave: ({kind, number, hosts}) => {
      waveText = kind === 'canary' ? `canary (${hosts})` : `wave ${number} (${hosts})`;
      if (!terminal.live) note(`${waveText}:`);
    },
    question: region.question,
    end: region.end,
  };
}
