import {expect, test} from 'vitest';

import {SAMPLE_GAP} from '../../../src/app/collector-script.js';
import {aheadOf, nextWaits, toldWithin} from '../../../src/app/watch/beat.js';

/** When the first samples of a connection come: seconds since the watch began. */
function moments(interval: number, place: number, since: number, most = 6): readonly number[] {
  const waits = [...nextWaits(interval, place, since, undefined)];
  let at = since;
  return Array.from({length: most}, () => (at += waits.shift() ?? interval));
}

/** What a look of a host that is not quick takes (README). */
const LOOK = 6;

/**
 * When a stall is told that begins just after a sample: the next sample sees a buffer that is out,
 * and the one after it, or the look ahead of it, that it has not moved.
 */
function toldAt(interval: number, [next = 0, afterNext = 0]: readonly number[]): number {
  const ahead = aheadOf(interval);
  const early = Math.round(afterNext - next) - ahead < SAMPLE_GAP ? 0 : ahead;
  return afterNext - early + LOOK;
}

test('a stall that begins just after a sample is told within what is said of it', () => {
  const late: string[] = [];
  for (const interval of [1, 2, 3, 5, 7, 8, 9, 10, 12, 13, 15, 30, 59, 60, 61, 300, 3600, 86_400])
    for (let step = 0; step < 200; step += 1) {
      const since = (step * interval) / 100;
      const times = moments(interval, 0.37, since);
      for (const [at, from] of times.slice(0, -2).entries()) {
        const took = toldAt(interval, times.slice(at + 1)) - from;
        // A whole second is what sleep(1) takes.
        if (took > toldWithin(interval) + 1) late.push(`${interval} s: ${took} s from ${at}`);
      }
    }
  expect(late).toEqual([]);
  expect([1, 7, 8, 60, 3600].map(toldWithin)).toEqual([8, 20, 16, 120, 7200]);
  expect([1, 7, 8, 36, 60, 3600].map(aheadOf)).toEqual([0, 0, LOOK, LOOK, 10, 30]);
  expect(8 - aheadOf(8)).toBe(SAMPLE_GAP);
});

test('hosts are asked at moments of their own, from their second or third sample on', () => {
  const interval = 60;
  const hosts = 1000;
  const bySecond = new Map<number, number>();
  for (let host = 0; host < hosts; host += 1) {
    // They are connected in the first seconds, all at about the same time.
    const since = (host % 97) / 20;
    const times = moments(interval, host / hosts, since);
    expect(times[0]).toBe(since);
    const second = Math.floor((times[3] ?? 0) % interval);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  expect(bySecond.size).toBeGreaterThan(interval - 3);
  expect(Math.max(...bySecond.values())).toBeLessThanOrEqual((3 * hosts) / interval);
});

test('what a host has lost in an hour of samples is made good, and none is left out', () => {
  const [interval, place] = [60, 0.5];
  // Its moment is 30 s after the full minute.
  for (const [late, sampled, wait] of [
    [0, 0, 60],
    [4, 0, 56],
    [-1, 0, 61],
    [29, 0, 31],
    // The script has stayed to look ahead.
    [50, 50, 10],
    [53, 50, 7],
  ] as const)
    expect(nextWaits(interval, place, 3600 + 30 + late, sampled)).toEqual([wait]);
});
