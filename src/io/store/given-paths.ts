import type {Dirent, Stats} from 'node:fs';
import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {errorCode, explained} from '../files/io-error.js';

/** What a path somebody gave is. Throws OperatorError when it is not there or cannot be read. */
export async function statOrRefuse(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new OperatorError(`${path} ${why}`, 'Check the name.');
  }
}

/**
 * What is in a directory somebody gave, of a stored run what is in its evidence. Hidden entries are
 * passed over, and files come in the order of their names. Throws OperatorError.
 */
export async function entriesIn(
  path: string,
): Promise<{readonly folder: string; readonly entries: readonly Dirent[]}> {
  const entries = await explained(`cannot read ${path}`, () =>
    readdir(path, {withFileTypes: true}),
  );
  const shown = entries.filter(({name}) => !name.startsWith('.'));
  const evidence = shown.find((entry) => entry.name === 'evidence' && entry.isDirectory());
  return evidence === undefined
    ? {folder: path, entries: shown.sort((a, b) => (a.name < b.name ? -1 : 1))}
    : entriesIn(join(path, evidence.name));
}
