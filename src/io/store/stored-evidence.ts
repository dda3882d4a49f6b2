import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {errorCode} from '../files/io-error.js';

/** A file that holds evidence: a document of the store, or the bytes a collector printed. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** More than any host may send. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Reads evidence files: a file, a directory of them, or a run's directory (then its `evidence`).
 * Hidden files are passed over. Throws OperatorError when a path is missing, too large, or holds
 * nothing.
 */
export async function readStoredFiles(paths: readonly string[]): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = [];
  for (const path of paths) {
    for (const file of await filesOf(path)) files.push({path: file, bytes: await readOne(file)});
  }
  return files;
}

async function filesOf(path: string): Promise<readonly string[]> {
  const info = await statOrRefuse(path);
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path, {withFileTypes: true})).filter(
    (entry) => !entry.name.startsWith('.'),
  );
  const evidence = names.find((entry) => entry.name === 'evidence' && entry.isDirectory());
  if (evidence !== undefined) return filesOf(join(path, evidence.name));
  const found = names.filter((entry) => entry.isFile()).map((entry) => join(path, entry.name));
  if (found.length === 0)
    throw new OperatorError(`no evidence in ${path}`, 'Name files, or a directory that has some.');
  return found.sort();
}

async function readOne(path: string): Promise<Buffer> {
  const {size} = await statOrRefuse(path);
  if (size > MAX_BYTES)
    throw new OperatorError(
      `${path} is larger than ${MAX_BYTES} bytes`,
      'That is not the evidence of one host.',
    );
  return readFile(path);
}

async function statOrRefuse(path: string): Promise<Awaited<ReturnType<typeof stat>>> {
  try {
    return await stat(path);
  } catch (error) {
    const why =
      errorCode(error) === 'ENOENT'
        ? 'is not there'
        : `cannot be read (${errorCode(error) ?? 'unknown'})`;
    throw new OperatorError(`${path} ${why}`, 'Check the name behind --from.');
  }
}
