import type {PrunePlan, Retention} from '../../model/prune.js';
import type {StoredRuns} from '../ports.js';

import {planPruning} from './plan-pruning.js';

/**
 * What the retention would remove from this store, as it is now.
 * @param now milliseconds since the epoch
 */
export async function pruningOf(
  store: StoredRuns,
  retention: Retention,
  baselines: readonly string[],
  now: number,
): Promise<PrunePlan> {
  const runs = await store.list();
  const unfinished = runs.filter(({state}) => state === 'unfinished').map(({run}) => run);
  return planPruning({
    runs,
    retention,
    baselines,
    now,
    needs: await store.needs(runs.map(({run}) => run)),
    beingWritten: await store.beingWritten(unfinished),
    recorded: await store.recordedRuns(),
  });
}
