import {connect} from 'node:net';
import type {Socket} from 'node:net';

import type {MetFailure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {
  endedEarly,
  interrupted,
  noAddress,
  noAnswer,
  noConnection,
  nothingListens,
  tooManyFiles,
} from '../failures.js';
import type {Target} from '../target.js';

/**
 * Opens the TCP connection to a host. Once; a retry would look like an attack to the host
 * (PerSourcePenalties).
 */
export function dial(target: Target, options: ConnectOptions): Promise<Result<Socket>> {
  return new Promise((resolve) => {
    const socket = connect({
      host: target.hostname,
      port: target.port,
      noDelay: true,
      family: target.family,
      ...(target.bindAddress === undefined ? {} : {localAddress: target.bindAddress}),
      // Node gives up on an address after 250 ms when a name has several; a far host needs longer
      // than that.
      autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(options.connectTimeoutMs / 3)),
    });
    const settle = (result: Result<Socket>): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      socket.off('error', failed).off('connect', connected);
      if (!result.ok) {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(result);
    };
    const connected = (): void => {
      settle(ok(socket));
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      settle(fail(whyNot(target, error)));
    };
    const abort = (): void => {
      settle(fail(interrupted));
    };
    const timer = setTimeout(() => {
      settle(fail(noAnswer(target, options.connectTimeoutMs)));
    }, options.connectTimeoutMs);
    socket.on('lookup', (error) => {
      if ((error as Error | null) === null) options.onStage?.('resolved');
    });
    socket.on('connect', connected).on('error', failed);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted === true) abort();
  });
}

function whyNot(target: Target, error: NodeJS.ErrnoException): MetFailure {
  switch (innermost(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return noAddress(target);
    case 'ECONNREFUSED':
      return nothingListens(target);
    case 'ECONNRESET':
      return endedEarly(target, 'greeting', '');
    case 'ETIMEDOUT':
      return noAnswer(target);
    case 'EMFILE':
    case 'ENFILE':
      return tooManyFiles(target);
    case undefined:
    default:
      return noConnection(target, error.message);
  }
}

/**
 * When a name has several addresses Node reports an AggregateError; the first address speaks for
 * all.
 */
function innermost(error: NodeJS.ErrnoException): string | undefined {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? (first as NodeJS.ErrnoException).code : error.code;
}
