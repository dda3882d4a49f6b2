import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import type {Server, Socket} from 'node:net';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {JumpHosts} from '../../../src/io/ssh/connect/jump-hosts.js';
import type {Line} from '../../../src/io/ssh/line.js';
import {AgentClient} from '../../../src/io/ssh/login/agent-client.js';
import {HELD} from '../../../src/io/ssh/options.js';
import type {Target} from '../../../src/io/ssh/target.js';
import type {FailureKind} from '../../../src/model/failure.js';
import {COMES_BACK, fail, ok} from '../../../src/model/failure.js';

import {CONNECT, expectFailure, expectOk, testHost, testTransport} from './client.js';
import {makeKey, startSshd, until} from './real-sshd.js';
import type {Sshd} from './real-sshd.js';

/** What a transport that lives for months must not hold on to. */
let folder: string;
let sshd: Sshd;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-held-'));
  sshd = await startSshd();
  key = await makeKey(join(folder, 'key'));
  await sshd.authorize('root', `${key}.pub`);
});
afterAll(async () => {
  await sshd.stop();
  await rm(folder, {recursive: true, force: true});
});

describe('a jump host that cannot be had', () => {
  const behind = testHost({name: 'fw1'});
  const target = {jump: ['bastion'], jumpKeys: []} as unknown as Target;
  const line = {connection: {via: []}, quietMs: () => 0, whenLost: () => () => undefined};

  /** Two hosts behind it, one after the other: how often it was asked, and what came of it. */
  async function asked(kind: FailureKind, refusedMs?: (why: FailureKind) => number) {
    let calls = 0;
    const jumps = new JumpHosts<Line>(
      () => undefined,
      () => {
        calls += 1;
        const first = fail({kind, message: 'x', fix: 'y'});
        return Promise.resolve(calls === 1 ? first : ok(line as unknown as Line));
      },
      20_000,
      refusedMs,
    );
    const reach = async (): Promise<boolean> => (await jumps.reach(behind, target, CONNECT, [])).ok;
    return {came: [await reach(), await reach()], calls};
  }

  test('is asked once in a run', async () => {
    expect(await asked('refused')).toEqual({came: [false, false], calls: 1});
  });

  test('is asked again by who goes on: soon what may be back, late what only somebody mends', async () => {
    const held = (kind: FailureKind): number => (COMES_BACK[kind] === 'soon' ? 0 : 60_000);
    expect(await asked('refused', held)).toEqual({came: [false, true], calls: 2});
    expect(await asked('auth', held)).toEqual({came: [false, false], calls: 1});
  });
});

test.each([
  ['a run reads it once', undefined, 'host-key-unknown'],
  ['a held transport reads it again', {...HELD, rereadMs: 0}, 'connected'],
] as const)('a line is added to known_hosts: %s', async (what, held, outcome) => {
  const knownHosts = join(folder, `known_hosts ${what}`);
  await writeFile(knownHosts, '');
  const transport = testTransport(held === undefined ? {} : {held});
  const host = testHost({
    port: sshd.port,
    user: 'root',
    identityFiles: [key],
    knownHosts: [knownHosts],
  });
  try {
    expect(expectFailure(await transport.connect(host, CONNECT)).kind).toBe('host-key-unknown');
    await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\n`);
    const second = await transport.connect(host, CONNECT);
    if (outcome === 'connected') expectOk(second);
    else expect(expectFailure(second).kind).toBe(outcome);
  } finally {
    transport.close();
  }
});

test('an agent that is started anew is asked for its keys again', async () => {
  const path = join(folder, 'agent');
  const sockets = new Set<Socket>();
  /** draft-miller-ssh-agent, section 3.5: IDENTITIES_ANSWER, so many keys of one byte each. */
  const agentWith = async (keys: number): Promise<Server> => {
    const one = Buffer.from([0, 0, 0, 1, 7, 0, 0, 0, 1, 0x61]);
    const payload = Buffer.concat([
      Buffer.from([12, 0, 0, 0, keys]),
      ...Array.from({length: keys}, () => one),
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(payload.length);
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('data', () => socket.write(Buffer.concat([length, payload])));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return server;
  };
  const end = async (server: Server): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };

  const first = await agentWith(1);
  const agent = new AgentClient(path);
  expect([(await agent.list()).length, (await agent.list()).length]).toEqual([1, 1]);
  await end(first);
  const second = await agentWith(2);
  await until('the new keys', async () => (await agent.list()).length === 2);
  agent.close();
  await end(second);
});
