import {readdir, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';
import type {Pruned, PrunedRun, PruneRecord} from '../../model/prune.js';
import {isRunId} from '../../text/run-id.js';
import {syncDirectory} from '../files/atomic-write.js';
import {mapInBatches} from '../files/batches.js';
import {readChain} from './chain-head.js';
import {errorCode, explained} from '../files/io-error.js';
import {withLock} from './lock-file.js';
import type {LockOptions} from './lock-file.js';
import {readPrunings} from './prune-records.js';
import type {RunPaths} from './run-paths.js';
import {runIds} from './run-reader.js';
import {RunWriter} from './run-writer.js';
import {verifyChain} from './verify-runs.js';

/**
 * Removes runs: first a record in the chain that names them, then the runs, each out of sight with
 * one rename. After a crash in between, the runs left over are in `recordedRuns`, and the next
 * pruning needs no other record for them.
 *
 * @param choose the runs to remove, chosen while nobody else prunes
 * @throws OperatorError (5) when something stored is not as it was stored: nothing is removed that
 *   may be asked about
 */
export async function pruneRuns(
  paths: RunPaths,
  choose: () => Promise<readonly string[]>,
  record: Omit<PruneRecord, 'removed' | 'finishedAt'>,
  lock: LockOptions,
): Promise<Pruned> {
  return explained(`cannot remove runs from ${paths.runs}`, () =>
    withLock(paths.pruneLock, lock, async () => {
      const {firstBroken} = await verifyChain(paths);
      if (firstBroken !== undefined)
        throw new OperatorError(
          `run ${firstBroken.run} is not as it was stored: ${firstBroken.problem}`,
          'Nothing was removed. Find out what happened first: zbufctl runs --verify.',
          5,
        );
      const runs = await choose();
      const known = await recordedRuns(paths);
      const removed = await mapInBatches(
        runs.filter((run) => !known.has(run)),
        (run) => placeOf(paths, run),
      );
      if (removed.length > 0) {
        const writer = await RunWriter.begin(paths, record.run, lock);
        await writer.finish({...record, finishedAt: new Date().toISOString(), removed});
      }
      await removeAll(paths, runs);
      return {record: removed.length > 0 ? record.run : undefined, removed: runs};
    }),
  );
}

/**
 * Runs that are still there although a record says they were removed: a pruning was interrupted, or
 * they were put back.
 */
export async function recordedRuns(paths: RunPaths): Promise<ReadonlySet<string>> {
  const ids = await runIds(paths);
  const found = await mapInBatches(ids, async (run) => ({run, chain: await readChain(paths, run)}));
  const named = (await readPrunings(paths, found)).flatMap(({removed}) =>
    removed.map(({run}) => run),
  );
  return new Set(named.filter((run) => ids.includes(run)));
}

async function placeOf(paths: RunPaths, run: string): Promise<PrunedRun> {
  const chain = await readChain(paths, run);
  if (chain === undefined) return {run};
  const {sequence, previous, head} = chain;
  return {run, chain: {sequence, previous, head}};
}

/**
 * What a removed run is called until all its files are gone; nothing but the next pruning looks at
 * it.
 */
const GONE = '.pruned-';

async function removeAll(paths: RunPaths, runs: readonly string[]): Promise<void> {
  for (const run of runs) {
    try {
      await rename(paths.run(run), join(paths.runs, `${GONE}${run}`));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  await syncDirectory(paths.runs);
  const names = await readdir(paths.runs);
  for (const name of names)
    if (name.startsWith(GONE) && isRunId(name.slice(GONE.length)))
      await rm(join(paths.runs, name), {recursive: true, force: true});
  await syncDirectory(paths.runs);
}
