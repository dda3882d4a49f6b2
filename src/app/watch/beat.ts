import {SAMPLE_GAP} from '../collector-script.js';

/**
 * Seconds a second look takes until it is judged: the two between its samples, and its commands on
 * a host that is not quick.
 */
const LOOK = 6;

/** The least interval in which a capture can be seen twice and looked at. */
const LEAST = LOOK + SAMPLE_GAP;

/** More is not needed, however long the interval is. */
const LONGEST_AHEAD = 30;

/**
 * Seconds before a sample is due at which captures that may be lost are seen once more, so that
 * what a look finds is told by then; 0: the interval is too short for that.
 */
export const aheadOf = (interval: number): number =>
  interval < LEAST ? 0 : Math.min(LONGEST_AHEAD, Math.max(LOOK, Math.floor(interval / 6)));

/** Seconds after its first lost packet within which a stall is told of a host that answers. */
export const toldWithin = (interval: number): number =>
  2 * interval + (interval < LEAST ? LOOK : 0);

/**
 * Seconds until the next samples of a host: each host has a moment of its own in the interval, by
 * its place among the others, so that they are not all asked at once.
 *
 * @param place of the host, in [0, 1)
 * @param since seconds since the watch began
 * @param sampled seconds since its last sample; undefined: the connection begins, and the first
 *   sample comes at once
 * @returns seconds to wait for the samples that follow; after those they come every interval
 */
export function nextWaits(
  interval: number,
  place: number,
  since: number,
  sampled: number | undefined,
): readonly number[] {
  const phase = (place * interval - since) % interval;
  const due = phase <= 0 ? phase + interval : phase;
  if (sampled !== undefined) {
    // Its moment that is nearest to an interval after the last sample.
    const early = Math.round((interval - sampled - due) / interval);
    return [whole(due + early * interval)];
  }
  // Samples that are very close hardly show anything, and what toldWithin says is to hold.
  const least = interval < LEAST ? interval / 2 : Math.min(interval / 2, interval - LOOK);
  if (due >= least) return [0, whole(due)];
  const both = whole(due + interval);
  const first = Math.ceil(both / 2);
  return both === first ? [0, first] : [0, first, both - first];
}

const whole = (seconds: number): number => Math.max(1, Math.round(seconds));
