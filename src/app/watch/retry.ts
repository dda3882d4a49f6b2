import type {FailureKind} from '../../model/failure.js';
import {COMES_BACK} from '../../model/failure.js';

const FIRST_MS = 2000;
const LONGEST_MS = 5 * 60_000;
const LATE_MS = 15 * 60_000;

/**
 * Milliseconds until a lost host is asked again: longer each time, and never all hosts at once.
 * @param times how often it could not be reached since it last answered, at least 1
 * @param chance in [0, 1)
 */
export function retryMs(kind: FailureKind, times: number, chance: number): number {
  const ms =
    COMES_BACK[kind] === 'late'
      ? LATE_MS
      : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, times - 1));
  return ms * (0.5 + chance);
}
