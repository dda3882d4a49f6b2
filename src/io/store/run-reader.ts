import {access, readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';

import type {Evidence} from '../../model/evidence.js';
import {OperatorError} from '../../model/operator-error.js';
import type {ListedRun, RunSummary} from '../../model/run-summary.js';
import type {RunDocuments} from '../../model/run-documents.js';
import type {RunChain} from '../../model/stored-run.js';
import {fileNameFor} from '../../text/file-name.js';
import {brokenLink, sha256} from '../../text/hash-chain.js';
import {isRunId} from '../../text/run-id.js';
import {sanitize} from '../../text/sanitize.js';
import {oncePer} from '../../text/once-per.js';
import {mapInBatches} from '../files/batches.js';
import {readChain, readJson} from './chain-head.js';
import {errorCode, explained} from '../files/io-error.js';
import type {LargeDocument} from './large-run.js';
import {readLargeDocument} from './large-run.js';
import {withOlderMembers} from './older-apply.js';
import type {RunPaths} from './run-paths.js';
import {PLAN_NAME} from './run-writer.js';

/** Every run, newest first. Reads one small file a run. */
export async function listRuns(paths: RunPaths): Promise<readonly ListedRun[]> {
  return mapInBatches((await runIds(paths)).reverse(), (id) => listRun(paths, id));
}

/** Ids in the state directory, oldest first; none when there is no directory. */
export async function runIds(paths: RunPaths): Promise<string[]> {
  return explained(`cannot read ${paths.runs}`, async () =>
    (await names(paths.runs)).filter(isRunId).sort(),
  );
}

async function listRun(paths: RunPaths, run: string): Promise<ListedRun> {
  try {
    if (!(await exists(paths.chain(run)))) {
      const evidence = (await names(paths.evidence(run))).filter(isEvidenceFile).length;
      return {state: 'unfinished', run, evidence};
    }
    const summary = await readJson(paths.summary(run));
    if (isSummary(summary) && summary.run === run) return {state: 'finished', run, summary};
    return {
      state: 'unreadable',
      run,
      why: 'summary.json is missing, damaged or of another version',
    };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return {state: 'unreadable', run, why: code};
  }
}

/**
 * A run's document. Throws OperatorError when it is of another kind or version (named), not there,
 * or not the one that was stored. A run that was never finished is given as far as it got to disk.
 */
export async function loadRun<S extends keyof RunDocuments>(
  paths: RunPaths,
  run: string,
  schema: S,
): Promise<{readonly finished: boolean; readonly document: RunDocuments[S]}> {
  const chain = await chainOf(paths, run);
  const large = schema === 'zbufctl.audit/1' ? await readLarge(paths, run, chain) : undefined;
  const text = large?.text ?? (await readStored(paths, run, 'run.json', chain));
  if (text === undefined) {
    throw new OperatorError(
      `run ${run} ended before its result was stored`,
      `Resume it: zbufctl audit --resume ${run}. What the hosts said until then can be judged: zbufctl audit --from '${paths.evidence(run)}'`,
    );
  }
  const parsed = parseDocument(text, `run ${run}`, schema) as RunDocuments[S];
  const document =
    parsed.schema === 'zbufctl.apply/1' ? (withOlderMembers(parsed) as RunDocuments[S]) : parsed;
  if (large === undefined) return {finished: chain !== undefined, document};
  return {finished: chain !== undefined, document: {...document, hosts: large.hosts}};
}

/** A document that is longer is not held as a whole: what it takes in memory is many times that. */
const LARGE = 32 * 1024 * 1024;

/** Undefined: it is short enough, or has to be read as a whole to say what is wrong with it. */
async function readLarge(
  paths: RunPaths,
  run: string,
  chain: RunChain | undefined,
): Promise<LargeDocument | undefined> {
  const path = paths.document(run);
  return explained(`cannot read run.json of run ${run}`, async () => {
    const size = await sizeOf(path);
    if (size === undefined || size <= LARGE) return undefined;
    const large = readLargeDocument(path);
    if (large !== undefined) refuseChanged(path, 'run.json', large.hash, chain);
    return large;
  });
}

/**
 * The text of the plan an apply run carries out; undefined when the run has none. Same errors as
 * `loadRun`.
 */
export async function planTextOf(paths: RunPaths, run: string): Promise<string | undefined> {
  const chain = await chainOf(paths, run);
  const isListed = chain === undefined || chain.links.some(({name}) => name === PLAN_NAME);
  return isListed ? readStored(paths, run, PLAN_NAME, chain) : undefined;
}

/**
 * The evidence of a run (or of these hosts), host by host, so that only one is in memory. Same
 * errors as `loadRun`.
 */
export async function* evidenceOf(
  paths: RunPaths,
  run: string,
  hosts?: readonly string[],
): AsyncGenerator<Evidence> {
  const chain = await chainOf(paths, run);
  const files = await evidenceFilesOf(paths, run);
  const wanted =
    hosts === undefined ? undefined : new Set(hosts.map((host) => `${fileNameFor(host)}.json`));
  for (const file of [...files].sort()) {
    if (wanted?.has(file) === false) continue;
    const text = await readStored(paths, run, `evidence/${file}`, chain);
    if (text !== undefined)
      yield parseDocument(text, `${file} of run ${run}`, 'zbufctl.evidence/1') as Evidence;
  }
}

/** File names of the evidence of a run. */
export async function evidenceFilesOf(paths: RunPaths, run: string): Promise<ReadonlySet<string>> {
  const files = await explained(`cannot read run ${run}`, async () => names(paths.evidence(run)));
  return new Set(files.filter(isEvidenceFile));
}

/** Whether run.json is there: a run stores it as a draft before it is finished. */
export const hasDocument = (paths: RunPaths, run: string): Promise<boolean> =>
  exists(paths.document(run));

/** Same errors as `loadRun`; undefined when the run was not finished. */
export async function headOfRun(paths: RunPaths, run: string): Promise<string | undefined> {
  const chain = await chainOf(paths, run);
  if (chain === undefined) return undefined;
  const problem = chain.run === run ? brokenLink(chain) : `it is of run ${chain.run}`;
  if (problem !== undefined)
    throw new OperatorError(
      `${paths.chain(run)} was changed: ${sanitize(problem, {limit: 200})}`,
      'The run cannot be relied on any more. Restore it from a backup.',
      5,
    );
  return chain.head;
}

/** Undefined when the run was not finished. */
async function chainOf(paths: RunPaths, run: string): Promise<RunChain | undefined> {
  return explained(`cannot read run ${run}`, async () => {
    const chain = await readChain(paths, run);
    if (chain === undefined && (await exists(paths.chain(run))))
      throw new OperatorError(
        `${paths.chain(run)} is damaged or of another version`,
        'Use the version that wrote it.',
      );
    return chain;
  });
}

/**
 * A stored document, if its bytes are those the chain was made from; undefined when it is not
 * there.
 */
async function readStored(
  paths: RunPaths,
  run: string,
  name: string,
  chain: RunChain | undefined,
): Promise<string | undefined> {
  return explained(`cannot read ${name} of run ${run}`, async () => {
    const path = join(paths.run(run), name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && chain === undefined) return undefined;
      if (errorCode(error) === 'ENOENT') throw changed(path, 'is missing');
      throw error;
    }
    if (chain !== undefined) refuseChanged(path, name, sha256(text), chain);
    return text;
  });
}

/** Throws OperatorError when this is not what the chain was made from. */
function refuseChanged(
  path: string,
  name: string,
  hash: string,
  chain: RunChain | undefined,
): void {
  if (chain === undefined) return;
  const stored = hashesOf(chain).get(name);
  if (stored === undefined) throw changed(path, 'was not there when the run was stored');
  if (stored !== hash) throw changed(path, 'was changed after it was stored');
}

/** By name: a run has a document for every host. */
const hashesOf = oncePer(
  (chain: RunChain): ReadonlyMap<string, string> =>
    new Map(chain.links.map(({name, document}) => [name, document])),
);

const changed = (path: string, what: string): OperatorError =>
  new OperatorError(
    `${path} ${what}`,
    'The run cannot be relied on any more. Restore it from a backup.',
    5,
  );

function parseDocument(text: string, what: string, schema: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new OperatorError(`${what} is not JSON`, 'Restore it from a backup.');
  }
  const found =
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    typeof value.schema === 'string'
      ? value.schema
      : 'no schema';
  if (found === schema) return value;
  const [wanted, version] = schema.split('/');
  throw found.startsWith(`${wanted ?? ''}/`)
    ? new OperatorError(
        `${what} is ${sanitize(found, {limit: 80})}; this zbufctl reads version ${version ?? ''} of ${wanted ?? ''}`,
        'Use the version of zbufctl that wrote it, or a newer one.',
      )
    : new OperatorError(
        `${what} is ${sanitize(found, {limit: 80})}, not ${schema}`,
        'Name a run of the right kind.',
      );
}

export const isEvidenceFile = (name: string): boolean =>
  name.endsWith('.json') && !name.startsWith('.');

async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function isSummary(value: unknown): value is RunSummary {
  if (typeof value !== 'object' || value === null) return false;
  const {schema, run, kind, document, startedAt, finishedAt, interrupted, hosts, totals} =
    value as Record<string, unknown>;
  return (
    schema === 'zbufctl.run-summary/1' &&
    [run, kind, document, startedAt, finishedAt].every((text) => typeof text === 'string') &&
    typeof interrupted === 'boolean' &&
    typeof hosts === 'number' &&
    typeof totals === 'object' &&
    totals !== null &&
    Object.values(totals).every((n) => typeof n === 'number')
  );
}
