import {OperatorError} from '../../model/operator-error.js';

/** Where else something may go, as a request: `use another --state-dir`. */
type Elsewhere = string;

const ANOTHER_STATE: Elsewhere = 'use another --state-dir';

interface Meaning {
  readonly what: string;
  /** What may help beside going elsewhere; absent: nothing does. */
  readonly first?: string;
  /** Nothing is gained elsewhere. */
  readonly stays?: true;
}

/** What the system's error codes mean to the one who can do something about them. */
const MEANING: Readonly<Record<string, Meaning>> = {
  ENOSPC: {what: 'no space left on the device', first: 'Free some space'},
  EDQUOT: {what: 'the disk quota is used up', first: 'Free some space'},
  EFBIG: {
    what: 'the file would be larger than is allowed',
    first: 'Raise the limit (ulimit -f)',
  },
  EROFS: {what: 'the file system is read-only'},
  EACCES: {what: 'permission denied', first: 'Check who owns the directory'},
  EPERM: {what: 'not permitted', first: 'Check owner and flags of the directory'},
  ELOOP: {what: 'symbolic links go in a circle'},
  ENAMETOOLONG: {what: 'the path is too long'},
  ENOTDIR: {what: 'a part of the path is not a directory'},
  EIO: {what: 'the device reports an input/output error', first: 'Check the disk'},
  EMFILE: {
    what: 'too many open files',
    first: 'Raise the limit (ulimit -n), or lower --concurrency',
    stays: true,
  },
};

const fixOf = ({first, stays}: Meaning, elsewhere: Elsewhere): string => {
  if (first === undefined) return `${elsewhere.charAt(0).toUpperCase()}${elsewhere.slice(1)}.`;
  return stays === true ? `${first}.` : `${first}, or ${elsewhere}.`;
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/**
 * Turns a system error that only the operator can mend into words; everything else is passed on as
 * it is.
 * @param elsewhere what to do instead; absent: take another state directory
 */
export function explainIoError(
  error: unknown,
  doing: string,
  elsewhere: Elsewhere = ANOTHER_STATE,
): unknown {
  const meaning = MEANING[errorCode(error) ?? ''];
  if (meaning === undefined) return error;
  return new OperatorError(`${doing}: ${meaning.what}`, fixOf(meaning, elsewhere));
}

/** Does it, and explains the error when the system refuses. */
export async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainIoError(error, doing);
  }
}
