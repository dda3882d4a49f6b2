import {spawn} from 'node:child_process';
import {performance} from 'node:perf_hooks';

import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {Reply, RunOptions, Session, Transport} from '../model/transport.js';

const MAX_STDERR = 64 * 1024;

/**
 * The machine zbufctl runs on, through the same interface as a host behind SSH: a clean /bin/sh,
 * the script on stdin.
 */
export function createLocalTransport(user: string): Transport {
  const session: Session = {
    connection: {
      user,
      port: 0,
      hostKeyFingerprint: '',
      hostKeyType: '',
      authentication: 'local',
      via: [],
    },
    run: runLocally,
    quietMs: () => 0,
    close: () => undefined,
  };
  return {connect: () => Promise.resolve(ok(session)), close: () => undefined};
}

function runLocally(script: string, options: RunOptions): Promise<Result<Reply>> {
  const begun = performance.now();
  return new Promise((resolve) => {
    // Its own process group, so that a time limit ends what the script started, too.
    const child = spawn('/bin/sh', ['-s'], {stdio: ['pipe', 'pipe', 'pipe'], detached: true});
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let received = 0;
    let complained = 0;
    let settled = false;

    const stop = (result: Result<Reply>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It ended between the check and the signal.
        }
      }
      resolve(result);
    };
    const abort = (): void => {
      stop(fail({kind: 'interrupted', message: 'the run was stopped', fix: 'Run it again.'}));
    };
    const timer = setTimeout(() => {
      stop(
        fail({
          kind: 'timed-out',
          message: `no end after ${options.timeoutMs / 1000} s`,
          fix: 'Raise --timeout.',
        }),
      );
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted === true) abort();

    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.length;
      options.onChunk?.(chunk);
      if (received <= options.maxBytes) stdout.push(chunk);
      else
        stop(
          fail({
            kind: 'flooded',
            message: `more than ${options.maxBytes} bytes`,
            fix: 'Look at this machine by hand.',
          }),
        );
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complained < MAX_STDERR) stderr.push(chunk.subarray(0, MAX_STDERR - complained));
      complained += chunk.length;
    });
    child.on('error', (error) => {
      stop(
        fail({
          kind: 'refused',
          message: `/bin/sh could not be started: ${error.message}`,
          fix: 'Check /bin/sh.',
        }),
      );
    });
    child.on('close', (exitCode, signal) => {
      stop(
        ok({
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr),
          ...(exitCode === null ? {} : {exitCode}),
          ...(signal === null ? {} : {signal}),
          durationMs: performance.now() - begun,
        }),
      );
    });
    // A script that ends early closes its stdin; that is its right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(script);
  });
}
