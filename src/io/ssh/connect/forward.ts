import type {Duplex} from 'node:stream';

import type {Failure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {sanitize} from '../../../text/sanitize.js';
import {interrupted, whyLost} from '../failures.js';
import type {Jump} from './jump-hosts.js';
import type {Lost} from '../line.js';
import type {Link} from '../link.js';
import type {Target} from '../target.js';

/** Reason codes of a refused channel (RFC 4254, 5.1). */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** Opens a connection to `target` from its jump host, as `ssh -W` does (a direct-tcpip channel). */
export function forward(
  jump: Jump<Link>,
  target: Target,
  options: ConnectOptions,
): Promise<Result<Duplex>> {
  const name = jump.via.at(-1) ?? '';
  return new Promise((resolve) => {
    const state = {settled: false};
    const settle = (result: Result<Duplex>): void => {
      if (state.settled) return;
      state.settled = true;
      clearTimeout(timer);
      stopWatching();
      options.signal?.removeEventListener('abort', abort);
      resolve(result);
    };
    const abort = (): void => {
      settle(fail(interrupted));
    };
    const timer = setTimeout(() => {
      settle(
        fail({
          kind: 'timed-out',
          message: `${target.hostname} port ${target.port} did not answer the jump host ${name} within ${options.connectTimeoutMs / 1000} s`,
          fix: 'Check that the jump host can reach it, or raise --timeout.',
        }),
      );
    }, options.connectTimeoutMs);
    let stopWatching = (): void => undefined;
    const lost = (why: Lost): void => {
      settle(fail(jumpLost(name, whyLost(why))));
    };
    stopWatching = jump.link.whenLost(lost);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted === true) abort();
    if (state.settled) return;
    try {
      jump.link.client.forwardOut(
        '127.0.0.1',
        0,
        target.hostname,
        target.port,
        (error, channel) => {
          if (error !== undefined) settle(fail(whyNot(target, name, error)));
          else if (state.settled) channel.close();
          else settle(ok(channel));
        },
      );
    } catch (error) {
      lost((error as Error).message);
    }
  });
}

const jumpLost = (name: string, why: string): Failure => ({
  kind: 'jump',
  message: `the connection to the jump host ${name} was lost: ${sanitize(why, {limit: 200})}`,
  fix: 'Check the jump host, then run it again.',
});

function whyNot(target: Target, name: string, error: Error & {readonly reason?: unknown}): Failure {
  const where = `${target.hostname} port ${target.port}`;
  const said = sanitize(error.message.replace(/^\(SSH\) Channel open failure: ?/, ''), {
    limit: 200,
  });
  if (error.reason === PROHIBITED)
    return {
      kind: 'jump',
      message: `the jump host ${name} does not forward to ${where}: ${said}`,
      fix: 'Allow it there: AllowTcpForwarding and PermitOpen in sshd_config, no-port-forwarding in authorized_keys.',
    };
  if (error.reason === CONNECT_FAILED)
    return /resolve|name or service|not known/i.test(said)
      ? {
          kind: 'unresolved',
          message: `the jump host ${name} knows no address of ${target.hostname}: ${said}`,
          fix: 'Give the host an address in the inventory; the name is looked up on the jump host.',
        }
      : {
          kind: 'refused',
          message: `the jump host ${name} gets no connection to ${where}: ${said}`,
          fix: 'Check that sshd runs there and that the jump host can reach it.',
        };
  return {
    kind: 'jump',
    message: `the jump host ${name} opened no connection to ${where}: ${said}`,
    fix: `Check on the jump host: nc -z ${target.hostname} ${target.port}`,
  };
}
