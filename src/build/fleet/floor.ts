import {readFileSync} from 'node:fs';

import ssh2 from 'ssh2';

import {OFFERED} from '../../io/ssh/algorithms.js';

/**
 * `node floor.js REQUEST`: connects to hosts with the ssh2 package and runs `true`, and nothing
 * else: what is left of our cost when all that is ours is gone. REQUEST is a file with a
 * FloorRequest as JSON.
 */
export interface FloorRequest {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly key: string;
  readonly parallel: number;
}

const ask = (host: string, request: FloorRequest, privateKey: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client
      .on('ready', () => {
        client.exec('true', (error, channel) => {
          if (error !== undefined) {
            reject(error);
            return;
          }
          channel.on('close', () => client.end()).resume();
        });
      })
      .on('error', reject)
      .on('close', resolve)
      .connect({
        host,
        port: request.port,
        username: request.user,
        privateKey,
        algorithms: {...OFFERED, serverHostKey: ['ssh-ed25519']},
      });
  });

const request = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FloorRequest;
const key = readFileSync(request.key);
const waiting = [...request.addresses];
await Promise.all(
  Array.from({length: request.parallel}, async () => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift())
      await ask(host, request, key);
  }),
);
