import {OperatorError} from '../../model/operator-error.js';

/** What the system's error codes mean to the one who can do something about them. */
const MEANING: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ENOSPC: ['no space left on the device', 'Free some space, or use another --state-dir.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or use another --state-dir.'],
  EFBIG: [
    'the file would be larger than is allowed',
    'Raise the limit (ulimit -f), or use another --state-dir.',
  ],
  EROFS: ['the file system is read-only', 'Use another --state-dir.'],
  EACCES: ['permission denied', 'Check who owns the directory, or use another --state-dir.'],
  EPERM: ['not permitted', 'Check owner and flags of the directory, or use another --state-dir.'],
  ELOOP: ['symbolic links go in a circle', 'Use another --state-dir.'],
  ENAMETOOLONG: ['the path is too long', 'Use a shorter --state-dir.'],
  ENOTDIR: ['a part of the path is not a directory', 'Use another --state-dir.'],
  EIO: [
    'the device reports an input/output error',
    'Check the disk; use another --state-dir meanwhile.',
  ],
  EMFILE: ['too many open files', 'Raise the limit (ulimit -n), or lower --concurrency.'],
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/**
 * Turns a system error that only the operator can mend into words; everything else is passed on as
 * it is.
 */
export function explainIoError(error: unknown, doing: string): unknown {
  const meaning = MEANING[errorCode(error) ?? ''];
  if (meaning === undefined) return error;
  return new OperatorError(`${doing}: ${meaning[0]}`, meaning[1]);
}

/** Does it, and explains the error when the system refuses. */
export async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainIoError(error, doing);
  }
}
