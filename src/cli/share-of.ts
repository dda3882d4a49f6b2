import {OperatorError} from '../model/operator-error.js';
import type {Share} from '../plan/share.js';
import {parseShare} from '../plan/share.js';

/** Reads --batch or --max-failures. Throws OperatorError when it is not a number of hosts. */
export function shareOf(text: string, flag: string): Share {
  const share = parseShare(text);
  if (share === undefined)
    throw new OperatorError(`${flag} ${text} is not a number of hosts`, 'Write e.g. 5 or 25%.');
  return share;
}
