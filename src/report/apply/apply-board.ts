import type {HostResult} from '../../model/apply-run.js';
import {sanitize} from '../../text/sanitize.js';

import {RESULT_ORDER, RESULT_TONE} from './apply-table.js';
import type {Paint} from '../terminal/paint.js';
import type {InFlight} from '../terminal/progress-line.js';
import {breakAnywhere, columns} from '../terminal/wrap.js';

/** What the live board shows while hosts are changed. Times in milliseconds of one clock. */
export interface BoardState {
  readonly total: number;
  readonly counts: ReadonlyMap<HostResult, number>;
  readonly inFlight: readonly InFlight[];
  /** Results worth reading at once, newest last. */
  readonly troubles: readonly {
    readonly host: string;
    readonly result: string;
    readonly reason: string;
  }[];
  readonly wave: string;
  readonly elapsedMs: number;
  readonly now: number;
}

const FLYING = 8;
const TROUBLES = 4;

/**
 * A few lines: how far, which wave, who is at what for how long, what went wrong. None is wider
 * than `width`.
 */
export function applyBoard(state: BoardState, width: number, paint: Paint): string {
  const {total, counts, inFlight: inFlight, troubles, wave, elapsedMs, now} = state;
  const done = [...counts.values()].reduce((a, b) => a + b, 0);
  const results = RESULT_ORDER.flatMap((r) =>
    counts.has(r) ? [`${counts.get(r) ?? 0} ${r}`] : [],
  );
  const head = [
    `${done}/${total} hosts`,
    ...results,
    ...(wave === '' ? [] : [wave]),
    `${Math.round(elapsedMs / 1000)} s`,
  ].join(' · ');
  const longest = [...inFlight].sort((a, b) => a.since - b.since);
  const more = longest.length - FLYING;
  const lines = [
    head,
    ...longest
      .slice(0, FLYING)
      .map(
        ({host, stage, since}) =>
          `  ${name(host)}  ${stage}, ${Math.round((now - since) / 1000)} s`,
      ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].map((line) => fitted(line, width));
  const bad = troubles
    .slice(-TROUBLES)
    .map(({host, result, reason}) =>
      paint(
        result in RESULT_TONE ? RESULT_TONE[result as HostResult] : 'warn',
        fitted(`  ${result}: ${name(host)}: ${sanitize(reason, {limit: 200})}`, width),
      ),
    );
  return [...lines, ...bad].join('\n');
}

const name = (host: string): string => sanitize(host, {limit: 40});

/** A line that wraps cannot be redrawn in place. */
const fitted = (line: string, width: number): string =>
  columns(line) < width ? line : `${breakAnywhere(line, Math.max(1, width - 2))[0] ?? ''}…`;
