import {readFile} from 'node:fs/promises';

import {OperatorError} from '../../model/operator-error.js';
import {errorCode} from './io-error.js';

/** The bytes of a file the operator named. Throws OperatorError when it can not be read. */
export async function readGivenFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw explainUnreadable(error, path);
  }
}

/** Why a file could not be read, in words; everything else is passed on as it is. */
export function explainUnreadable(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const why = code === 'ENOENT' ? 'it is not there' : code === 'EISDIR' ? 'it is a folder' : code;
  return new OperatorError(
    `${path} can not be read: ${why}`,
    'Check the path, and who may read it.',
  );
}
