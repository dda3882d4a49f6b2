import {mkdir, stat} from 'node:fs/promises';
import {dirname} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';
import {errorCode} from './io-error.js';

/**
 * Makes a folder and those above it that are missing, one by one, for the owner alone. Node's own
 * way (`recursive`) never returns where mkdir(2) says that a folder does not exist whose parent
 * does (/proc), and calls a read-only file system a missing folder.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolder(above);
  try {
    await mkdir(path, {mode: 0o700});
  } catch (error) {
    switch (errorCode(error)) {
      case 'EEXIST':
        if (await isFolder(path)) return; // somebody else was faster
        throw cannot(path, 'something that is not a folder is in the way');
      case 'ENOENT':
        throw cannot(path, `the system takes no new folders in ${above}`);
      case undefined:
      default:
        throw error;
    }
  }
}

const cannot = (path: string, why: string): OperatorError =>
  new OperatorError(`the folder ${path} cannot be made: ${why}`, 'Use another folder.');

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
