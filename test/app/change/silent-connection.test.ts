import {expect, test} from 'vitest';

import {audit} from '../../../src/app/audit.js';
import {fail, ok} from '../../../src/model/failure.js';
import type {Failure} from '../../../src/model/failure.js';
import type {Session, Transport} from '../../../src/model/transport.js';
import {testHost} from '../../io/ssh/client.js';

/** No host of these tests is ever judged. */
const never = (): never => {
  throw new Error('a host that said nothing was judged');
};

const SILENT: Failure = {
  kind: 'silent',
  message: 'nothing came for 30 s',
  fix: 'Look at the network.',
};

/**
 * Audits a host over connections that all end like this; `perRun` is the time that passes while one
 * runs.
 */
async function connectionsUsed(
  failure: Failure,
  perRun: number,
  timeoutMs: number,
): Promise<number> {
  let connections = 0;
  let clock = 0;
  const session: Session = {
    connection: {
      user: 'r',
      port: 22,
      hostKeyFingerprint: '',
      hostKeyType: '',
      authentication: '',
      via: [],
    },
    run: () => {
      clock += perRun;
      return Promise.resolve(fail(failure));
    },
    quietMs: () => 0,
    close: () => undefined,
  };
  const transport: Transport = {
    connect: () => {
      connections += 1;
      return Promise.resolve(ok(session));
    },
    close: () => undefined,
  };
  const run = await audit(
    [testHost()],
    {run: 'r', version: '0', concurrency: 1, timeoutMs, acceptNew: false, asked: 'inventory'},
    {
      transport,
      collector: '',
      servicesFor: () => [],
      probeFor: () => undefined,
      changesFor: () => never(),
      waivers: [],
      keep: () => Promise.resolve(''),
      now: () => '2026-11-26T00:00:00Z',
      elapsed: () => clock,
      onEvent: () => undefined,
      signal: new AbortController().signal,
      pacing: {turn: () => Promise.resolve(), backOff: () => Promise.resolve()},
    },
  );
  expect(run.hosts[0]).toMatchObject({posture: 'unknown', failure: {kind: failure.kind}});
  return connections;
}

test('an audit begins anew over a second connection when one went silent: once, within its time', async () => {
  expect(await connectionsUsed(SILENT, 30_000, 60_000)).toBe(2);
  expect(await connectionsUsed(SILENT, 30_000, 32_000)).toBe(1);
  expect(await connectionsUsed({...SILENT, kind: 'cut'}, 1000, 60_000)).toBe(1);
});
