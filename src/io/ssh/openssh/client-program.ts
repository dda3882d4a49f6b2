import {execFile} from 'node:child_process';

import type {Failure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import {sanitize} from '../../../text/sanitize.js';

/** The ssh(1) of this machine. */
export interface ClientProgram {
  /** As it names itself, e.g. OpenSSH_9.2p1. */
  readonly name: string;
  /** 902 for 9.2. */
  readonly version: number;
}

/** SSH_ASKPASS_REQUIRE, without which ssh might ask on somebody's terminal by itself, is of 8.4. */
const OLDEST = 804;
const PATIENCE_MS = 10_000;

/** Asks ssh(1) what it is. */
export function findClient(): Promise<Result<ClientProgram>> {
  return new Promise((resolve) => {
    execFile('ssh', ['-V'], {timeout: PATIENCE_MS}, (error, stdout, stderr) => {
      const said = `${stderr}${stdout}`.trim();
      const client = readVersion(said);
      if (client !== undefined && client.version >= OLDEST) resolve(ok(client));
      else if (error?.code === 'ENOENT') resolve(fail(unusable('there is no ssh on this machine')));
      else resolve(fail(unusable(`ssh here is "${sanitize(said, {limit: 100})}"`)));
    });
  });
}

/** Reads what `ssh -V` prints; undefined: it is not OpenSSH. */
export function readVersion(text: string): ClientProgram | undefined {
  const match = /^(OpenSSH_(\d+)\.(\d+)\w*)/m.exec(text);
  if (match === null) return undefined;
  const [, name = '', major, minor] = match;
  return {name, version: Number(major) * 100 + Number(minor)};
}

const unusable = (why: string): Failure => ({
  kind: 'unsupported',
  message: `${why}; OpenSSH 8.4 or newer is needed`,
  fix: 'Install the OpenSSH client, or leave out --transport.',
});
