import {expect, test} from 'vitest';

import {inOrder} from '../../src/text/in-order.js';
import {lookAhead} from '../../src/text/look-ahead.js';

async function* numbers(count: number, onTake = (_: number): void => undefined) {
  for (let n = 0; n < count; n += 1) {
    onTake(n);
    yield await Promise.resolve(n);
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('results come in the order of the pieces, and only so many are on their way', async () => {
  const begun: number[] = [];
  const finish = new Map<number, () => void>();
  let most = 0;
  const work = async (n: number): Promise<number> => {
    begun.push(n);
    most = Math.max(most, begun.length);
    await new Promise<void>((resolve) => {
      finish.set(n, resolve);
      // Of those that are on their way, the last begun ends first.
      if (begun.length === 3 || n === 6)
        for (const one of [...begun].reverse()) finish.get(one)?.();
    });
    begun.splice(begun.indexOf(n), 1);
    return n * 10;
  };
  expect(await all(inOrder(numbers(7), work, 3))).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(most).toBe(3);
});

test('a failure is told when its turn comes, and no piece is taken after it', async () => {
  let taken = 0;
  const pieces = numbers(100, () => (taken += 1));
  const work = (n: number): Promise<number> =>
    n === 1 ? Promise.reject(new Error('no')) : Promise.resolve(n);
  await expect(all(inOrder(pieces, work, 2))).rejects.toThrow('no');
  expect(taken).toBe(3);
});

test('when something failed, what was begun has ended before that is told', async () => {
  let [begun, ended] = [0, 0];
  const work = async (n: number): Promise<void> => {
    begun += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (n > 0) await new Promise((resolve) => setImmediate(resolve));
    ended += 1;
    if (n === 0) throw new Error('no');
  };
  await expect(all(inOrder([0, 1, 2, 3], work, 3))).rejects.toThrow('no');
  expect([begun, ended]).toEqual([3, 3]);
});

test.each([
  [3, 5, false],
  [5, 5, false],
  [6, 5, true],
])('of %i items looked at %i ahead none is lost', async (count, ahead, isMore) => {
  const looked = await lookAhead(numbers(count), ahead);
  expect(looked.isMore).toBe(isMore);
  expect(await all(looked.all)).toEqual(Array.from({length: count}, (_, n) => n));
});
