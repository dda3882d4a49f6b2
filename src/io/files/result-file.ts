import {realpath, stat, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';
import type {Parts} from '../../text/pieces.js';
import {piecesOf} from '../../text/pieces.js';

import {writeFileAtomically} from './atomic-write.js';
import {errorCode, explainIoError} from './io-error.js';

/**
 * Writes a result where the operator asked for it: whole or not at all. Devices and pipes
 * (/dev/null, /dev/fd/3, a FIFO) are written to and never replaced; a link is followed; an existing
 * file keeps its mode.
 */
export async function writeTextFile(path: string, text: Parts): Promise<void> {
  await write(path, text, 0o666);
}

/** The same for a program: a new file is executable. */
export async function writeScript(path: string, text: string): Promise<void> {
  await write(path, text, 0o777);
}

async function write(path: string, text: Parts, mode: number): Promise<void> {
  try {
    const there = await stat(path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (there?.isDirectory() === true)
      throw new OperatorError(`${path} is a directory`, 'Name a file in it.');
    if (there !== undefined && !there.isFile()) await writeFile(path, piecesOf(text));
    else if (there === undefined) await writeFileAtomically(path, text, mode);
    else await writeFileAtomically(await realpath(path), text, there.mode & 0o777);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new OperatorError(
        `cannot write ${path}: there is no directory ${dirname(path)}`,
        'Make it first.',
      );
    }
    throw explainIoError(error, `cannot write ${path}`, 'name another file');
  }
}
