import type {Failure} from '../../../model/failure.js';
import type {Authentication} from './authentication.js';
import {endedEarly, noCommonAlgorithm, notSsh} from '../failures.js';
import type {Stage} from '../failures.js';
import type {Target} from '../target.js';

/**
 * ssh2's errors: `level` says which part complains, `code` is a number when the server sent a
 * disconnect message.
 */
interface Ssh2Error extends Error {
  readonly level?: string;
  readonly code?: string | number;
}

/** What ssh2's error means before we are in; undefined: it will try something else. */
export function explain(
  error: Ssh2Error,
  {target, stage, said}: {readonly target: Target; readonly stage: Stage; readonly said: string},
  authentication: Authentication,
): Failure | undefined {
  if (typeof error.code === 'number') {
    // Disconnect message, e.g. "Too many authentication failures".
    return /auth/i.test(error.message)
      ? authentication.failure(error.message)
      : endedEarly(target, stage, error.message);
  }
  switch (error.level) {
    case 'agent':
      return undefined; // a key that could not sign; the next one is tried
    case 'client-authentication':
      return error.message.startsWith('All configured') ? authentication.failure() : undefined;
    case 'client-socket':
      return endedEarly(target, stage, said);
    case undefined:
    default: {
      if (error.message === 'Connection lost before handshake')
        return endedEarly(target, stage, said);
      const missing = /^Handshake failed: no matching (.+)$/i.exec(error.message)?.[1];
      return missing === undefined
        ? notSsh(target, error.message, said)
        : noCommonAlgorithm(target, missing);
    }
  }
}
