import {constants} from 'node:fs';
import {open} from 'node:fs/promises';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import {errorCode} from '../files/io-error.js';

const LONGEST = 4096;

/**
 * The one line of a file that holds a secret. Only its owner may read it, who is this user or root;
 * the file that was checked is the one that is read. What is in it is in no error text.
 */
export async function readSecret(path: string, uid: number): Promise<Result<string, string>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return fail(`${path} is not a file`);
      if (stat.uid !== uid && stat.uid !== 0) return fail(`${path} belongs to another user`);
      if ((stat.mode & 0o077) !== 0)
        return fail(`others may read or write ${path}: chmod 600 ${path}`);
      if (stat.size > LONGEST) return fail(`${path} is longer than ${LONGEST} bytes`);
      const text = (await file.readFile('utf8')).trim();
      if (text === '') return fail(`${path} is empty`);
      return /^[!-~]+$/.test(text) ? ok(text) : fail(`${path} is not one line of printable text`);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(`${path} could not be read: ${errorCode(error) ?? 'unknown error'}`);
  }
}
