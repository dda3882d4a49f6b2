import {expect, test, vi} from 'vitest';

import {retryMs} from '../../../src/app/watch/retry.js';
import {Turns} from '../../../src/app/watch/turns.js';
import type {Leave} from '../../../src/app/watch/turns.js';
import {FAILURE_KINDS} from '../../../src/model/failure.js';

/** Who is in, in the order they came in. */
class Door {
  readonly inside: string[] = [];
  private readonly leaves = new Map<string, Leave>();

  constructor(private readonly turns: Turns) {}

  async come(name: string, lane?: string): Promise<void> {
    void this.turns.enter(lane).then((leave) => {
      this.inside.push(name);
      this.leaves.set(name, leave);
    });
    await Promise.resolve();
  }

  async go(name: string): Promise<void> {
    this.leaves.get(name)?.();
    // Twice is once.
    this.leaves.get(name)?.();
    await Promise.resolve();
  }
}

test('so many at a time, in the order they came', async () => {
  const door = new Door(new Turns(2));
  for (const name of ['a', 'b', 'c', 'd']) await door.come(name);
  expect(door.inside).toEqual(['a', 'b']);
  await door.go('a');
  expect(door.inside).toEqual(['a', 'b', 'c']);
  await door.go('b');
  expect(door.inside).toEqual(['a', 'b', 'c', 'd']);
});

test('a full lane delays nobody in another, and has room again for who comes back', async () => {
  const door = new Door(new Turns(3, 1));
  await door.come('a', 'bastion');
  await door.come('b', 'bastion');
  await door.come('c', 'other');
  await door.come('d');
  expect(door.inside).toEqual(['a', 'c', 'd']);
  await door.go('c');
  expect(door.inside).toEqual(['a', 'c', 'd']);
  await door.go('a');
  await door.come('a again', 'bastion');
  expect(door.inside).toEqual(['a', 'c', 'd', 'b']);
  await door.go('b');
  expect(door.inside.at(-1)).toBe('a again');
});

test('one who hangs keeps the others waiting no longer than is said, but in its lane', async () => {
  const over: (() => void)[] = [];
  const door = new Door(new Turns(1, 1, () => new Promise((resolve) => over.push(resolve))));
  for (const name of ['hangs', 'behind']) await door.come(name, 'bastion');
  for (const name of ['a', 'b']) await door.come(name);
  expect(door.inside).toEqual(['hangs']);
  over.shift()?.();
  await vi.waitFor(() => {
    expect(door.inside).toEqual(['hangs', 'a']);
  });
  await door.go('hangs');
  expect(door.inside).toEqual(['hangs', 'a']);
  await door.go('a');
  // Over after it went: nobody is let in twice for it.
  over.shift()?.();
  await vi.waitFor(() => {
    expect(door.inside).toEqual(['hangs', 'a', 'behind']);
  });
});

test('a lost host is asked again later each time, up to five minutes, off the beat', () => {
  const times = [1, 2, 3, 8, 50, 5000].map((n) => retryMs('refused', n, 0.5));
  expect(times).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000]);
  expect([retryMs('cut', 1, 0), retryMs('cut', 1, 0.999)].map(Math.round)).toEqual([1000, 2998]);
});

test('what only somebody can mend is not asked for often: logins that fail are counted', () => {
  const late = FAILURE_KINDS.filter((kind) => retryMs(kind, 1, 0.5) > 600_000);
  expect(late).toEqual(expect.arrayContaining(['auth', 'become', 'host-key-changed']));
  for (const kind of ['refused', 'timed-out', 'cut', 'silent', 'jump', 'unresolved'] as const)
    expect(late).not.toContain(kind);
});
