import {sanitize} from '../../text/sanitize.js';

import {breakAnywhere, columns} from './wrap.js';

/** A host that is being worked on. Times in milliseconds of one clock. */
export interface InFlight {
  readonly host: string;
  readonly stage: string;
  readonly since: number;
}

export interface ProgressState {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly inFlight: readonly InFlight[];
  readonly elapsedMs: number;
  readonly now: number;
}

/** This machine ran out of descriptors: what is done about it. */
export const narrowedNote = (concurrency: number): string =>
  `Too many files are open on this machine (ulimit -n): continuing with ${atATime(concurrency)}.`;

/** How many hosts at a time, in words. */
export const atATime = (concurrency: number): string =>
  concurrency === 1 ? 'one host at a time' : `${concurrency} hosts at a time`;

/**
 * The live line: how far, how many at work, who is slowest and at what, what failed, how long. One
 * line of `width` columns at most.
 */
export function progressLine(state: ProgressState, width = 80): string {
  const {total, done, failed, inFlight: inFlight, elapsedMs, now} = state;
  const [slowest] = [...inFlight].sort((a, b) => a.since - b.since);
  const parts = [
    `${done}/${total} hosts`,
    ...(inFlight.length === 0 ? [] : [`${inFlight.length} at work`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    `${Math.round(elapsedMs / 1000)} s`,
    ...(slowest === undefined
      ? []
      : [
          `slowest: ${sanitize(slowest.host, {limit: 40})}, ${slowest.stage} for ${Math.round((now - slowest.since) / 1000)} s`,
        ]),
  ];
  const line = parts.join(' · ');
  // A line that wraps cannot be redrawn in place. The mark shows that something is missing.
  return columns(line) < width ? line : `${breakAnywhere(line, Math.max(1, width - 2))[0] ?? ''}…`;
}

/** A plain line about a host that is finished, for -v where no live line can be drawn. */
export function progressNote(host: string, posture: string, why?: string): string {
  const reason = why === undefined ? '' : `: ${sanitize(why, {limit: 300})}`;
  return `${sanitize(host, {limit: 200})}: ${posture}${reason}`;
}
