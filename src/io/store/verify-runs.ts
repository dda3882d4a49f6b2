import {closeSync, openSync, readSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {createHash} from 'node:crypto';
import {join} from 'node:path';

import type {Pruning} from '../../model/prune.js';
import type {ChainState} from '../../model/report.js';
import type {ChainCheck} from '../../model/run-documents.js';
import type {ChainHead, RunChain} from '../../model/stored-run.js';
import {brokenLink, headOf} from '../../text/hash-chain.js';
import {mapInBatches} from '../files/batches.js';
import {readChain, readChainHead} from './chain-head.js';
import {errorCode, explained} from '../files/io-error.js';
import {readPrunings} from './prune-records.js';
import {isEvidenceFile, runIds} from './run-reader.js';
import type {RunPaths} from './run-paths.js';

/**
 * Checks every stored document against the chain and every run against the one before it. Reads all
 * evidence: seconds for a large store.
 */
export async function verifyChain(paths: RunPaths): Promise<ChainCheck> {
  return explained(`cannot check ${paths.runs}`, async () => {
    const {head, found} = await snapshot(paths);
    const prunings = await readPrunings(paths, found);
    const check = await checkAll(paths, head, found, prunedLinks(prunings));
    const first = [...check].flatMap(([run, state]) =>
      state.state === 'broken' ? [{run, problem: state.problem}] : [],
    )[0];
    // Runs may have been removed on purpose while we read them: then there is a record of it now.
    if (first !== undefined && (await readChainHead(paths))?.head !== head?.head)
      return verifyChain(paths);
    return {runs: check, head, prunings, ...(first === undefined ? {} : {firstBroken: first})};
  });
}

/** A run's place in the chain: all that is left of a run that was removed on purpose. */
type Link = Pick<RunChain, 'run' | 'sequence' | 'previous' | 'head'>;

const prunedLinks = (prunings: readonly Pruning[]): ReadonlyMap<string, Link> =>
  new Map(
    prunings.flatMap(({removed}) =>
      removed.flatMap(({run, chain}): [string, Link][] =>
        chain === undefined ? [] : [[run, {run, ...chain}]],
      ),
    ),
  );

async function checkAll(
  paths: RunPaths,
  head: ChainHead | null,
  found: Snapshot['found'],
  pruned: ReadonlyMap<string, Link>,
): Promise<ReadonlyMap<string, ChainState>> {
  const absence = (run: string): string =>
    found.some((f) => f.run === run) ? 'chain.json is missing or damaged' : `run ${run} is missing`;
  const present = found.flatMap(({run, chain}) =>
    // A run whose removal is recorded is gone for the chain, also while its files are still being
    // removed.
    chain === undefined || pruned.has(run) ? [] : [{run, chain, link: chain}],
  );
  const removed = [...pruned].map(([run, link]) => ({run, chain: undefined, link}));
  const chained = [...present, ...removed].sort((a, b) => a.link.sequence - b.link.sequence);

  const runs = new Map<string, ChainState>();
  const first = firstHead(chained.map(({link}) => link));
  let before: ChainHead | null = null;
  for (const {run, chain, link} of chained) {
    const {previous} = link;
    if (previous !== null && previous.sequence > (before?.sequence ?? 0) && !runs.has(previous.run))
      runs.set(previous.run, broken(absence(previous.run)));
    if (chain !== undefined) runs.set(run, await checkRun(paths, run, chain, {before, first}));
    const misplaced = chain === undefined ? brokenPredecessor(link, before) : undefined;
    if (misplaced !== undefined) runs.set(run, broken(misplaced));
    if (link.sequence > (before?.sequence ?? 0)) before = headOf(link);
  }
  for (const {run, chain} of found)
    if (chain === undefined && !runs.has(run) && !pruned.has(run))
      runs.set(run, await withoutChain(paths, run));

  if (head !== null && head.sequence > (before?.sequence ?? 0))
    runs.set(head.run, broken(`${absence(head.run)}; it was the newest`));
  else if (before !== null && head?.head !== before.head)
    runs.set(before.run, broken(`run ${before.run} is not the newest the chain knows`));
  return runs;
}

interface Snapshot {
  readonly head: ChainHead | null;
  readonly found: readonly {readonly run: string; readonly chain: RunChain | undefined}[];
}

/**
 * All chain files of one moment: read again when a run was added meanwhile. Takes no lock, so a
 * read-only copy can be checked.
 */
async function snapshot(paths: RunPaths): Promise<Snapshot> {
  for (;;) {
    const head = await readChainHead(paths);
    const found = await mapInBatches(await runIds(paths), async (run) => ({
      run,
      chain: await readChain(paths, run),
    }));
    if ((await readChainHead(paths))?.head === head?.head) return {head, found};
  }
}

const broken = (problem: string): ChainState => ({state: 'broken', problem});

async function checkRun(
  paths: RunPaths,
  run: string,
  chain: RunChain,
  {before, first}: {readonly before: ChainHead | null; readonly first: string | undefined},
): Promise<ChainState> {
  const problem =
    (chain.run === run ? undefined : `chain.json is of run ${chain.run}`) ??
    brokenLink(chain) ??
    (await changedDocument(paths, run, chain)) ??
    brokenPredecessor(chain, before);
  if (problem !== undefined) return broken(problem);
  const {head, sequence} = chain;
  return {state: 'intact', head, sequence, ...(first === undefined ? {} : {first})};
}

/**
 * The head of the chain's first run, also after that run was removed on purpose: the next one names
 * it.
 */
function firstHead(links: readonly Link[]): string | undefined {
  const [oldest] = links;
  if (oldest?.sequence === 1) return oldest.head;
  return oldest?.previous?.sequence === 1 ? oldest.previous.head : undefined;
}

function brokenPredecessor(
  {previous, sequence}: Link,
  before: ChainHead | null,
): string | undefined {
  if (before === null) return undefined;
  if (sequence <= before.sequence)
    return `it takes the same place in the chain as run ${before.run}`;
  // A gap is the fault of the run that is missing, and is reported there.
  if (previous?.sequence !== before.sequence || previous.head === before.head) return undefined;
  return `it was stored after another run ${previous.run} than the one that is there`;
}

async function changedDocument(
  paths: RunPaths,
  run: string,
  chain: RunChain,
): Promise<string | undefined> {
  for (const {name, document} of chain.links) {
    // Names come from a file somebody may have changed: nothing outside the run's directory is
    // opened.
    if (!/^(?:evidence\/)?(?!\.\.?$)[^/]+$/.test(name)) return `${name} is not a document of a run`;
    const hash = hashOf(join(paths.run(run), name));
    if (hash === undefined) return `${name} is missing`;
    if (hash !== document) return `${name} was changed`;
  }
  const known = new Set(chain.links.map(({name}) => name));
  const extra = (await readdir(paths.evidence(run)).catch(() => []))
    .filter(isEvidenceFile)
    .find((file) => !known.has(`evidence/${file}`));
  return extra === undefined ? undefined : `evidence/${extra} was added`;
}

async function withoutChain(paths: RunPaths, run: string): Promise<ChainState> {
  const files = await readdir(paths.run(run));
  // A run that is being written, or whose writer died, says so itself; an empty directory is one
  // that died at once.
  if (files.length === 0 || files.includes('unfinished.json'))
    return {state: 'not-checked', why: 'the run was never finished'};
  return broken('chain.json is missing or damaged');
}

/** A block at a time, here: a run has a small file a host, and to hand each on costs more. */
function hashOf(path: string): string | undefined {
  const hash = createHash('sha256');
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    for (;;) {
      const length = readSync(file, block, 0, block.length, null);
      if (length === 0) return hash.digest('hex');
      hash.update(block.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

const block = Buffer.allocUnsafe(256 * 1024);
