import fc from 'fast-check';
import {expect, test} from 'vitest';

import {latestOnly} from '../../../src/io/files/latest-only.js';
import {often} from '../../tools/sampled.js';

interface Disk {
  readonly save: (value: number) => Promise<void>;
  /** What was written, or tried, in order. */
  readonly writes: readonly number[];
  /** Ends the write that is going on. */
  readonly end: (error?: Error) => void;
}

/** Writes that end when the test says so. */
function disk(): Disk {
  const writes: number[] = [];
  const going: {readonly resolve: () => void; readonly reject: (error: Error) => void}[] = [];
  const save = latestOnly<number>((value) => {
    if (going.length > 0) throw new Error('two writes at a time');
    writes.push(value);
    return new Promise<void>((resolve, reject) => going.push({resolve, reject}));
  });
  return {
    save,
    writes,
    end: (error) => {
      const write = going.shift();
      if (write === undefined) throw new Error('no write is going on');
      if (error === undefined) write.resolve();
      else write.reject(error);
    },
  };
}
/** Lets everything that is ready run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a value is written at once, and the promise is kept when it is', async () => {
  const {save, writes, end} = disk();
  let done = false;
  const saved = save(1).then(() => {
    done = true;
  });

  expect(writes).toEqual([1]);
  await settled();
  expect(done).toBe(false);

  end();
  await saved;
  expect(done).toBe(true);
});

test('what comes meanwhile is written once, as it is then, after the write that is going on', async () => {
  const {save, writes, end} = disk();
  const all = [save(1), save(2), save(3), save(4)];
  expect(writes).toEqual([1]);

  end();
  await all[0];
  await settled();
  expect(writes).toEqual([1, 4]);

  const last = save(5);
  end();
  await Promise.all(all);
  await settled();
  expect(writes).toEqual([1, 4, 5]);
  end();
  await last;
});

test('a write that failed is told to whoever asked for it, and to nobody else; later ones are tried', async () => {
  const {save, writes, end} = disk();
  const first = save(1);
  const second = save(2);
  const third = save(3);

  end(new Error('no space'));
  await expect(first).rejects.toThrow('no space');
  await settled();
  expect(writes).toEqual([1, 3]);

  end(new Error('still none'));
  await expect(second).rejects.toThrow('still none');
  await expect(third).rejects.toThrow('still none');

  const fourth = save(4);
  end();
  await fourth;
  expect(writes).toEqual([1, 3, 4]);
});

test('whenever it comes, nothing older is written after something newer, and a kept promise is a true one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({min: 1, max: 20}), async (scheduler, count) => {
      const written: number[] = [];
      let going = 0;
      const save = latestOnly(async (value: number) => {
        going += 1;
        expect(going).toBe(1);
        await scheduler.schedule(Promise.resolve(), `write ${value}`);
        written.push(value);
        going -= 1;
      });
      let given = 0;
      const saves = Array.from({length: count}, async () => {
        await scheduler.schedule(Promise.resolve(), 'change');
        given += 1;
        const mine = given;
        await save(mine);
        expect(Math.max(...written)).toBeGreaterThanOrEqual(mine);
      });
      await scheduler.waitFor(Promise.all(saves));
      expect(written).toEqual([...written].sort((a, b) => a - b));
      expect(written.at(-1)).toBe(count);
    }),
    {numRuns: often(200)},
  );
});
