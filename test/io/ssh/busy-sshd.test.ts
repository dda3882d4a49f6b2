import {once} from 'node:events';
import {connect} from 'node:net';
import type {Socket} from 'node:net';

import {expect, onTestFinished, test} from 'vitest';

import {collect} from '../../../src/app/audit.js';

import {CONNECT, expectFailure, testHost, testOpenSsh, testTransport} from './client.js';
import {startSshd, until} from './real-sshd.js';

/** What a call to the server gets first; empty: it was hung up on. */
async function greeted(port: number): Promise<{socket: Socket; greeting: string}> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const greeting = new Promise<string>((resolve) => {
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes.toString('latin1'));
    });
    socket.once('close', () => {
      resolve('');
    });
  });
  return {socket, greeting: await greeting};
}

/** MaxStartups 1 of sshd_config(5): while one caller has not logged in, all others are dropped. */
test.each([
  ['ssh2', testTransport],
  ['openssh', testOpenSsh],
] as const)(
  'a real sshd that has no room is called once more, when it has some (%s)',
  async (_, create) => {
    const sshd = await startSshd({config: ['MaxStartups 1:100:1']});
    onTestFinished(() => sshd.stop());
    const first = await greeted(sshd.port);
    expect(first.greeting).toMatch(/^SSH-2/);
    const transport = create();
    onTestFinished(() => {
      transport.close();
    });
    const host = testHost({port: sshd.port});
    const refused = expectFailure(await transport.connect(host, CONNECT));
    expect(refused).toMatchObject({
      kind: 'cut',
      again: 'later',
    });

    let backOffs = 0;
    const result = await collect(
      host,
      {timeoutMs: 60_000, acceptNew: false},
      {
        transport,
        collector: '',
        now: () => '2026-11-26T00:00:00Z',
        elapsed: () => performance.now(),
        onEvent: () => undefined,
        signal: new AbortController().signal,
        pacing: {
          turn: () => Promise.resolve(),
          backOff: async () => {
            backOffs += 1;
            first.socket.destroy();
            await once(first.socket, 'close');
            for (;;) {
              const {socket, greeting} = await greeted(sshd.port);
              socket.end();
              if (greeting.startsWith('SSH-2')) break;
            }
            const ends = /^Connection (?:closed|reset) by /gm;
            await until('sshd to see both end', () => [...sshd.log().matchAll(ends)].length > 1);
          },
        },
      },
    );

    // It got as far as the host key this time, which nobody knows here.
    expect([expectFailure(result).kind, backOffs]).toEqual(['host-key-unknown', 1]);
  },
);
