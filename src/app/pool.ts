import {Lanes} from './lanes.js';

/** What `work` gives back for an item that has to be done once more, after the others. */
export const AGAIN = Symbol('again');

/** How many items are worked on at a time. */
export interface Width {
  /** At least 1. Read before each item: it may become less meanwhile. */
  readonly now: number;
}

/**
 * Runs `work` over `items`, at most `limit` at a time, results in the order of the items. Stops
 * starting new ones when `signal` aborts: what was not started is undefined. `work` must not throw;
 * if it does, that is a defect and is thrown.
 *
 * @param lanes absent: no item is in another's way
 */
export async function pool<T, R>(
  items: readonly T[],
  limit: number | Width,
  work: (item: T, index: number) => Promise<R | typeof AGAIN>,
  signal?: AbortSignal,
  lanes = new Lanes(new Array<undefined>(items.length).fill(undefined), Infinity),
): Promise<(R | undefined)[]> {
  const width = typeof limit === 'number' ? {now: limit} : limit;
  const results = new Array<R | undefined>(items.length).fill(undefined);
  let running = Math.min(width.now, items.length);
  const worker = async (): Promise<void> => {
    while (signal?.aborted !== true && running <= width.now) {
      // Nothing to take now: whoever works in a full lane takes what it makes room for.
      const index = lanes.take();
      if (index === undefined) break;
      const result = await work(items[index] as T, index);
      lanes.done(index, result === AGAIN);
      if (result !== AGAIN) results[index] = result;
    }
    running -= 1;
  };
  await Promise.all(Array.from({length: running}, worker));
  return results;
}
