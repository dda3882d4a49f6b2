import {connect} from 'node:net';
import type {Socket} from 'node:net';

import type {MetFailure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {endedEarly, interrupted} from '../failures.js';
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
      settle(
        fail({
          kind: 'timed-out',
          message: `${target.hostname} port ${target.port} did not answer within ${options.connectTimeoutMs / 1000} s`,
          fix: 'Check that the host is up and no firewall is in between, or raise --timeout.',
        }),
      );
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
  const {hostname, port} = target;
  switch (innermost(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return {
        kind: 'unresolved',
        message: `the name ${hostname} has no address`,
        fix: 'Correct the name in the inventory, give the host an address, or check DNS.',
      };
    case 'ECONNREFUSED':
      return {
        kind: 'refused',
        message: `nothing listens on ${hostname} port ${port}`,
        fix: 'Check that sshd runs there, and the port in the inventory.',
      };
    case 'ECONNRESET':
      return endedEarly(target, 'greeting', '');
    case 'ETIMEDOUT':
      return {
        kind: 'timed-out',
        message: `${hostname} port ${port} did not answer`,
        fix: 'Check that the host is up and no firewall is in between.',
      };
    case 'EMFILE':
    case 'ENFILE':
      return {
        kind: 'refused',
        message: `no connection to ${hostname} port ${port}: this machine has too many files open`,
        fix: 'Raise the limit (ulimit -n), or lower --concurrency.',
        again: 'fewer',
      };
    case undefined:
    default:
      return {
        kind: 'refused',
        message: `no connection to ${hostname} port ${port}: ${error.message}`,
        fix: 'Check the network between here and the host.',
      };
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
