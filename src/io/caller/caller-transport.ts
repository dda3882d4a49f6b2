import {fstatSync} from 'node:fs';
import {Socket} from 'node:net';
import {performance} from 'node:perf_hooks';

import type {Failure, Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Reply, RunOptions, Session, Transport} from '../../model/transport.js';
import {Exchange} from './exchange.js';

/** Which descriptors we read answers from and write questions to, e.g. `5,6`. */
export const CALLER_VARIABLE = 'ZBUFCTL_CALLER';

/** How much longer than a script's own limit the caller is waited for: it ends the script first. */
const GRACE_MS = 15_000;

/**
 * Hosts through whoever started zbufctl: it connects, runs scripts and says what came back, in
 * lines of JSON on two pipes (src/export/README.md has them). zbufctl decides everything else.
 * @param fds the value of CALLER_VARIABLE
 * @throws OperatorError when nobody is at the other end
 */
export function createCallerTransport(fds: string | undefined): Transport {
  const [input, output] =
    /^(\d{1,4}),(\d{1,4})$/
      .exec(fds ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  if (input === undefined || output === undefined || !isPipe(input) || !isPipe(output))
    throw new OperatorError(
      '--transport caller is for programs that start zbufctl and reach the hosts themselves',
      'Leave it out; zbufctl export ansible makes such a program.',
    );
  const exchange = new Exchange(
    new Socket({fd: input, readable: true, writable: false}),
    new Socket({fd: output, readable: false, writable: true}),
  );
  return {
    connect: async (host, {connectTimeoutMs, authTimeoutMs}) => {
      const timeoutMs = connectTimeoutMs + authTimeoutMs;
      const answer = await exchange.ask(
        {do: 'connect', host: host.name, timeoutMs},
        timeoutMs + GRACE_MS,
      );
      if (!answer.ok) return answer;
      const {user = '', port = 22} = answer.value;
      return ok(session(exchange, host, {user, port}));
    },
    close: () => {
      exchange.close();
    },
  };
}

const session = (
  exchange: Exchange,
  host: Host,
  {user, port}: {readonly user: string; readonly port: number},
): Session => ({
  connection: {user, port, via: []},
  run: (script, options) => run(exchange, host, script, options),
  // Of the line to the host nothing is known here.
  quietMs: () => 0,
  close: () => undefined,
});

async function run(
  exchange: Exchange,
  host: Host,
  script: string,
  {timeoutMs, maxBytes, signal, onChunk}: RunOptions,
): Promise<Result<Reply>> {
  const begun = performance.now();
  if (signal?.aborted === true) return fail(STOPPED);
  const answer = await exchange.ask(
    {do: 'run', host: host.name, script, timeoutMs, maxBytes},
    timeoutMs + GRACE_MS,
  );
  if (!answer.ok) return answer;
  const {stdout, stderr, exitCode} = answer.value;
  if (stdout.length > maxBytes) return fail(flooded(maxBytes));
  onChunk?.(stdout);
  return ok({
    stdout,
    stderr,
    ...(exitCode === undefined ? {} : {exitCode}),
    durationMs: performance.now() - begun,
  });
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

const STOPPED: Failure = {
  kind: 'interrupted',
  message: 'stopped before the host was finished',
  fix: 'Run it again for this host.',
};

const flooded = (most: number): Failure => ({
  kind: 'flooded',
  message: `the host sent more than the allowed ${most} bytes`,
  fix: 'Look at the host by hand: its answer is normally far smaller.',
});
