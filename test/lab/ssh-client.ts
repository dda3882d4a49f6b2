import {readFileSync} from 'node:fs';

import type {ConnectConfig} from 'ssh2';
import ssh2 from 'ssh2';

import type {Lab, LabHost} from '../../src/lab/start-lab.js';

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | undefined;
  /** Bytes of stdout. */
  readonly bytes: number;
}

/** How to log in to a practice host with the fleet's key. */
export const withKey = (lab: Lab, host: LabHost): ConnectConfig => ({
  host: host.address,
  port: host.port,
  username: host.user,
  privateKey: readFileSync(lab.identityPath),
});

/** Connects; rejects as ssh2 does. */
export function connect(config: ConnectConfig): Promise<ssh2.Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('ready', () => {
      resolve(client);
    });
    client.on('error', reject);
    client.connect(config);
  });
}

/**
 * Runs one command over a connection. `input` is all of its stdin; a function answers prompts on
 * stderr instead.
 */
export function exec(
  client: ssh2.Client,
  command: string,
  input: string | ((stderr: string) => string | undefined) = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      let stdout = '';
      let stderr = '';
      let bytes = 0;
      let exit: {code: number | null; signal: string | undefined} = {code: null, signal: undefined};
      channel.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (stdout.length < 1_000_000) stdout += chunk.toString('latin1');
      });
      channel.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('latin1');
        if (typeof input !== 'function') return;
        const reply = input(stderr);
        if (reply !== undefined) channel.write(reply);
      });
      channel.on('exit', (code: number | null, signal?: string) => {
        exit = {code, signal};
      });
      channel.on('close', () => {
        resolve({stdout, stderr, bytes, ...exit});
      });
      if (typeof input === 'string') channel.end(input);
    });
  });
}

/** One command on one host over a connection of its own. */
export async function run(
  lab: Lab,
  name: string,
  command: string,
  input: Parameters<typeof exec>[2] = '',
): Promise<Answer> {
  const client = await connect(withKey(lab, lab.host(name)));
  try {
    return await exec(client, command, input);
  } finally {
    client.end();
  }
}
