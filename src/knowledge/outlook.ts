import type {ForkPattern, OtherSide} from '../model/service.js';
import {unreachable} from '../model/unreachable.js';

/**
 * What zero-copy mode would do to a capture.
 *
 * - `safe`: nobody shares the buffers when they are acknowledged
 * - `race`: another process shares them for microseconds to milliseconds; normally fine
 * - `breaks`: another process shares them at the next acknowledge; the capture goes silent
 * - `unknown`: not known; never the same as safe
 */
export type Outlook = 'safe' | 'race' | 'breaks' | 'unknown';

export const OUTLOOKS: readonly Outlook[] = ['safe', 'race', 'unknown', 'breaks'];

/**
 * Whether `a` is worse than `b`; unknown is worse than a race, and only a capture that breaks is
 * worse than unknown.
 */
export const isWorse = (a: Outlook, b: Outlook): boolean =>
  OUTLOOKS.indexOf(a) > OUTLOOKS.indexOf(b);

/**
 * The measured rows of fork-truth-table.md: what counts is whether another process still shares the
 * pages at the next acknowledge. The result is the same on 13.2 and 15.1.
 */
export function outlook(pattern: ForkPattern, otherSide: OtherSide): Outlook {
  switch (pattern) {
    case 'none':
    case 'fork-before-open':
      return 'safe';
    case 'unverified':
      return 'unknown';
    case 'fork-both-capture':
      // Both acknowledge, and whoever does it first is cut off: "with COPY each sees round 2 once
      // and then neither".
      return 'breaks';
    case 'fork-exec-after-open':
    case 'fork-helper-after-open':
    case 'fork-child-captures':
      return afterOpen(otherSide);
    default:
      return unreachable(pattern);
  }
}

function afterOpen(otherSide: OtherSide): Outlook {
  switch (otherSide) {
    case 'lives-on':
    case 'runs-for-seconds':
    case 'execs-late':
      return 'breaks';
    case 'exits-at-once':
    case 'execs-at-once':
      return 'race';
    case 'parent-waits':
    case 'spawns-without-copy':
    case 'none':
      return 'safe';
    case 'unknown':
      return 'unknown';
    default:
      return unreachable(otherSide);
  }
}
