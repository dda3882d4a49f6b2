import {randomBytes} from 'node:crypto';
import {link, lstat, open, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';

import {errorCode, explained, explainIoError} from './io-error.js';
import {makeFolder} from './make-folder.js';

/**
 * Puts a file in place whole or not at all. Without `overwrite` an existing file, also one that
 * appears meanwhile, is left alone: link(2) fails where rename(2) would replace.
 *
 * @returns false when there is a file and it may not be overwritten
 * @throws OperatorError when the system refuses
 */
export async function writeNewFile(
  path: string,
  text: string,
  overwrite: boolean,
): Promise<boolean> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  return explained(`cannot write ${path}`, async () => {
    await makeFolder(folder);
    try {
      const handle = await open(temporary, 'wx', 0o644);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (overwrite) await rename(temporary, path);
      else await link(temporary, path);
      return true;
    } catch (error) {
      if (!overwrite && errorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temporary, {force: true});
    }
  });
}

/** True when there is anything of that name, even a link to nowhere. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw explainIoError(error, `cannot look for ${path}`);
  }
}
