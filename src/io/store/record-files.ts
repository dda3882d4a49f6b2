import type {Stats} from 'node:fs';
import {open} from 'node:fs/promises';
import {basename, join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {explained} from '../files/io-error.js';
import {entriesIn, statOrRefuse} from './given-paths.js';

/** A file somebody brought, not read yet. */
export interface BroughtFile {
  readonly path: string;
  /** Of the path. */
  readonly name: string;
  /** It was named itself; else it stands in a directory that was. */
  readonly given: boolean;
  /** ISO 8601 UTC; not after `now`. */
  readonly writtenAt: string;
}

/**
 * Lists files: those that are named, of a directory all in it, of a stored run its evidence. Hidden
 * files and directories in a directory are passed over, nothing else. Throws OperatorError when a
 * path is missing, is no file, or holds none.
 */
export async function listBroughtFiles(
  paths: readonly string[],
  now: string,
): Promise<readonly BroughtFile[]> {
  const files: BroughtFile[] = [];
  for (const path of paths) files.push(...(await filesOf(path, now)));
  return files;
}

/** The first `limit` bytes of a file, and one more when it has more. */
export function readBroughtFile({path}: BroughtFile, limit: number): Promise<Buffer> {
  return explained(`cannot read ${path}`, async () => {
    const handle = await open(path, 'r');
    try {
      const {size} = await handle.stat();
      const bytes = Buffer.alloc(Math.min(size, limit + 1));
      let length = 0;
      while (length < bytes.length) {
        const {bytesRead} = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  });
}

async function filesOf(path: string, now: string): Promise<readonly BroughtFile[]> {
  const info = await statOrRefuse(path);
  if (!info.isDirectory()) return [fileOf(path, info, true, now)];
  const {folder, entries} = await entriesIn(path);
  const paths = entries.filter((entry) => !entry.isDirectory()).map(({name}) => join(folder, name));
  if (paths.length === 0)
    throw new OperatorError(`no record in ${folder}`, 'Name files, or a directory that has some.');
  const files: BroughtFile[] = [];
  for (const one of paths) files.push(fileOf(one, await statOrRefuse(one), false, now));
  return files;
}

function fileOf(path: string, info: Stats, given: boolean, now: string): BroughtFile {
  if (!info.isFile())
    throw new OperatorError(`${path} is not a file`, 'Name files, or a directory of them.');
  return {path, name: basename(path), given, writtenAt: timeOf(info, now)};
}

/** A clock that runs ahead must not make a record newer than what comes after it. */
const timeOf = ({mtimeMs}: Stats, now: string): string => {
  const written = new Date(mtimeMs).toISOString();
  return written < now ? written : now;
};
