import {readFile} from 'node:fs/promises';

import type {PrunedRun, Pruning} from '../../model/prune.js';
import type {ChainHead, RunChain} from '../../model/stored-run.js';
import {brokenLink, sha256} from '../../text/hash-chain.js';
import {isRunId, kindOfRun} from '../../text/run-id.js';
import {isHash, isHead, isRecord, parse} from './chain-head.js';
import type {RunPaths} from './run-paths.js';

/**
 * The prunings among these runs. A record that was changed counts for nothing: what it names is
 * then missing, and the record itself is found to be broken.
 */
export async function readPrunings(
  paths: RunPaths,
  found: readonly {readonly run: string; readonly chain: RunChain | undefined}[],
): Promise<readonly Pruning[]> {
  const prunings: Pruning[] = [];
  for (const {run, chain} of found) {
    if (kindOfRun(run) !== 'prune' || chain?.run !== run || brokenLink(chain) !== undefined)
      continue;
    const text = await readFile(paths.document(run), 'utf8').catch(() => undefined);
    const stored = chain.links.find(({name}) => name === 'run.json')?.document;
    const pruning =
      text === undefined || sha256(text) !== stored
        ? undefined
        : pruningIn(parse(text), run, chain.sequence);
    if (pruning !== undefined) prunings.push(pruning);
  }
  return prunings;
}

function pruningIn(value: unknown, record: string, sequence: number): Pruning | undefined {
  if (!isRecord(value) || value['schema'] !== 'zbufctl.prune/1' || value['run'] !== record)
    return undefined;
  const {startedAt: at, operator, removed} = value;
  if (typeof at !== 'string' || typeof operator !== 'string' || !Array.isArray(removed))
    return undefined;
  return {record, at, operator, removed: removed.filter((entry) => isPruned(entry, sequence))};
}

/**
 * Only what stands before the record can have been removed by it; and a record of a pruning never
 * is.
 */
function isPruned(value: unknown, before: number): value is PrunedRun {
  if (!isRecord(value) || typeof value['run'] !== 'string' || !isRunId(value['run'])) return false;
  const {chain} = value;
  if (chain === undefined) return true;
  if (kindOfRun(value['run']) === 'prune' || !isRecord(chain)) return false;
  const {sequence, previous, head} = chain;
  if (!isHead(previous) || !isHash(head)) return false;
  return (
    sequence === ((previous as ChainHead | null)?.sequence ?? 0) + 1 &&
    typeof sequence === 'number' &&
    sequence < before
  );
}
