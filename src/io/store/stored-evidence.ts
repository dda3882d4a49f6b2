import {createReadStream} from 'node:fs';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {entriesIn, statOrRefuse} from './given-paths.js';

/** Evidence as it is kept: a document of the store, or the bytes a collector printed. */
export interface StoredRecord {
  readonly path: string;
  /** Of a file that has a document a line; 0: the whole file is one. */
  readonly line: number;
  readonly bytes: Buffer;
}

/** More than any host may send. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Reads evidence one after the other, so that none but the last need be in memory: files,
 * directories of them, a run's directory (then its `evidence`). A file whose first line is a
 * document has one a line, as `collect` prints them. Hidden files are passed over. Throws
 * OperatorError when a path is missing, holds nothing, or more than a host may send.
 */
export async function* storedRecords(paths: readonly string[]): AsyncIterable<StoredRecord> {
  for (const path of paths) for (const file of await filesOf(path)) yield* recordsOf(file);
}

/** Throws OperatorError when something can be read only once: a pipe. */
export async function refuseStreams(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const info = await statOrRefuse(path);
    if (info.isFile() || info.isDirectory()) continue;
    throw new OperatorError(
      `${path} can be read only once, and hosts have waivers of their own`,
      'Write it to a file first.',
    );
  }
}

const NEWLINE = 0x0a;

/** A document by itself, as far as one sees without reading it. */
const isWhole = (line: Buffer): boolean => /^\{.*\}\s*$/s.test(line.toString('latin1'));

async function* recordsOf(path: string): AsyncIterable<StoredRecord> {
  let number = 0;
  let first: Buffer | undefined;
  for await (const line of linesOf(path)) {
    number += 1;
    if (number === 1) first = line;
    else {
      if (first !== undefined) yield {path, line: 1, bytes: first};
      first = undefined;
      if (line.length > 0) yield {path, line: number, bytes: line};
    }
  }
  if (first !== undefined) yield {path, line: 0, bytes: first};
}

/** The lines of a file that has a document a line; else all of it, as if it were one. */
async function* linesOf(path: string): AsyncIterable<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let byLine: boolean | undefined;
  const take = (end: Buffer): Buffer => {
    const all = held.length === 0 ? end : Buffer.concat([...held, end]);
    held = [];
    size = 0;
    return all;
  };
  for await (const chunk of createReadStream(path, {highWaterMark: 256 * 1024})) {
    let rest = chunk as Buffer;
    for (;;) {
      const end = byLine === false ? -1 : rest.indexOf(NEWLINE);
      if (end === -1) break;
      if (byLine === undefined) {
        byLine = isWhole(Buffer.concat([...held, rest.subarray(0, end)]));
        if (!byLine) break;
      }
      yield take(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) held.push(rest);
    size += rest.length;
    if (size > MAX_BYTES)
      throw new OperatorError(
        `${path} is larger than ${MAX_BYTES} bytes`,
        'That is not the evidence of one host.',
      );
  }
  if (size > 0 || byLine === undefined) yield take(Buffer.alloc(0));
}

async function filesOf(path: string): Promise<readonly string[]> {
  const info = await statOrRefuse(path);
  if (!info.isDirectory()) return [path];
  const {folder, entries} = await entriesIn(path);
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0)
    throw new OperatorError(
      `no evidence in ${folder}`,
      'Name files, or a directory that has some.',
    );
  return files.map(({name}) => join(folder, name));
}
