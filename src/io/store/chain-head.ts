import {readFile} from 'node:fs/promises';

import {OperatorError} from '../../model/operator-error.js';
import type {ChainHead, RunChain} from '../../model/stored-run.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {headOf} from '../../text/hash-chain.js';
import {writeFileAtomically} from '../files/atomic-write.js';
import {errorCode} from '../files/io-error.js';
import type {RunPaths} from './run-paths.js';

/** chain-head.json: the newest run, so that even its removal is noticed. */
interface HeadFile {
  readonly schema: 'zbufctl.chain-head/1';
  readonly head: ChainHead | null;
  /** A run about to be added: whether it was is told by its chain.json. Absent: none. */
  readonly pending?: string;
}

/**
 * The newest run of the chain; null when nothing was ever stored. A writer that died between
 * announcing a run and finishing it leaves `pending`: the run counts if its chain.json got into
 * place.
 */
export async function readChainHead(paths: RunPaths): Promise<ChainHead | null> {
  const file = await readHeadFile(paths);
  if (file?.pending === undefined) return file?.head ?? null;
  const chain = await readChain(paths, file.pending);
  const follows = chain !== undefined && chain.previous?.head === file.head?.head;
  return follows ? headOf(chain) : file.head;
}

export async function writeChainHead(
  paths: RunPaths,
  head: ChainHead | null,
  pending?: string,
): Promise<void> {
  const file: HeadFile = {
    schema: 'zbufctl.chain-head/1',
    head,
    ...(pending === undefined ? {} : {pending}),
  };
  await writeFileAtomically(paths.chainHead, canonicalJson(file));
}

/** chain.json of a run; undefined when it is not there or is not one. */
export async function readChain(paths: RunPaths, run: string): Promise<RunChain | undefined> {
  const value = await readJson(paths.chain(run));
  return isChain(value) ? value : undefined;
}

async function readHeadFile(paths: RunPaths): Promise<HeadFile | undefined> {
  let text: string;
  try {
    text = await readFile(paths.chainHead, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const value = parse(text);
  if (isHeadFile(value)) return value;
  throw new OperatorError(
    `${paths.chainHead} is damaged or of another version of zbufctl`,
    'Use the version that wrote it, or move the directory aside to start a new chain.',
  );
}

/** The value in a JSON file; undefined when the file is not there or holds none. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** JSON, or undefined. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isHash = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

export const isHead = (value: unknown): boolean =>
  value === null ||
  (isRecord(value) &&
    Number.isSafeInteger(value['sequence']) &&
    typeof value['run'] === 'string' &&
    isHash(value['head']));

function isHeadFile(value: unknown): value is HeadFile {
  if (!isRecord(value) || value['schema'] !== 'zbufctl.chain-head/1') return false;
  const {head, pending} = value;
  return isHead(head) && (pending === undefined || typeof pending === 'string');
}

function isChain(value: unknown): value is RunChain {
  if (!isRecord(value) || value['schema'] !== 'zbufctl.chain/1') return false;
  const {run, sequence, previous, links, head} = value;
  return (
    typeof run === 'string' &&
    Number.isSafeInteger(sequence) &&
    isHead(previous) &&
    isHash(head) &&
    Array.isArray(links) &&
    links.every(
      (link) =>
        isRecord(link) &&
        typeof link['name'] === 'string' &&
        (link['host'] === undefined || typeof link['host'] === 'string') &&
        isHash(link['document']) &&
        isHash(link['link']),
    )
  );
}
