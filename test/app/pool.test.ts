import {expect, test} from 'vitest';

import {fittingConcurrency} from '../../src/app/fitting-concurrency.js';
import {Narrowing} from '../../src/app/narrowing.js';
import {BACK_OFF_MS, pacing} from '../../src/app/pacing.js';
import {AGAIN, pool} from '../../src/app/pool.js';

test('what has to be done again is done, at most as many at a time as there may be by then', async () => {
  const widths: number[] = [];
  const width = new Narrowing(8, (now) => widths.push(now));
  let running = 0;
  const seen: number[] = [];
  const items = Array.from({length: 40}, (_, i) => i);
  const results = await pool(items, width, async (item) => {
    const {epoch, now} = width;
    running += 1;
    seen.push(running);
    expect(running).toBeLessThanOrEqual(Math.max(now, 8));
    const tooMany = running > 2;
    await new Promise(setImmediate);
    running -= 1;
    return tooMany && width.narrow(epoch) ? AGAIN : item;
  });
  expect(results).toEqual(items);
  // All that failed together are one shortage: it is halved once for them, not once for each.
  expect(widths).toEqual([4, 2]);
  expect(Math.max(...seen.slice(-30))).toBeLessThanOrEqual(2);
});

test('one at a time is the least: what fails then has failed', async () => {
  const width = new Narrowing(2, () => undefined);
  const results = await pool(['a', 'b'], width, (item) => {
    const {epoch} = width;
    return Promise.resolve(width.narrow(epoch) ? AGAIN : `${item} failed`);
  });
  expect(results).toEqual(['a failed', 'b failed']);
});

test('a pool that is stopped begins nothing again', async () => {
  const stop = new AbortController();
  let calls = 0;
  const results = await pool(
    ['a', 'b', 'c'],
    1,
    () => {
      calls += 1;
      stop.abort();
      return Promise.resolve(AGAIN);
    },
    stop.signal,
  );
  expect([calls, results]).toEqual([1, [undefined, undefined, undefined]]);
});

test.each([
  [32, undefined, 32],
  [32, 20_000, 32],
  [512, 1024, 246],
  [32, 64, 6],
  [32, 10, 1],
])('%d hosts at a time with %s descriptors: %d', (wanted, descriptors, fits) => {
  expect(fittingConcurrency(wanted, descriptors)).toBe(fits);
});

/** A clock on which waiting takes no time; `chance` is what random gives. */
function clocked(rate: number | undefined, chance: readonly number[]) {
  const waits: number[] = [];
  let now = 0;
  let calls = 0;
  const pace = pacing(rate, {
    elapsed: () => now,
    random: () => chance[calls++ % chance.length] ?? 0,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return {pace, waits, pass: (ms: number) => (now += ms)};
}

test('each connection has a slot of its own, and begins somewhere in it', async () => {
  const {pace, waits, pass} = clocked(4, [0, 0.5, 0.999]);
  for (let i = 0; i < 9; i += 1) await pace.turn();
  expect(waits.map(Math.floor)).toEqual([0, 375, 749, 750, 1125, 1499, 1500, 1875, 2249]);
  // Slots nobody used are gone: no burst makes up for them.
  pass(60_000);
  waits.length = 0;
  for (let i = 0; i < 3; i += 1) await pace.turn();
  expect(waits.map(Math.floor)).toEqual([0, 375, 749]);
});

test('without a rate nobody waits; the back-off is never the same for all', async () => {
  const {pace, waits} = clocked(undefined, [0, 0.5]);
  await pace.turn();
  expect(waits).toEqual([]);
  await pace.backOff();
  await pace.backOff();
  expect(waits).toEqual([BACK_OFF_MS, BACK_OFF_MS * 1.5]);
});
