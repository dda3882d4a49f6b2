import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';

import {parseInventory} from '../../../src/inventory/index.js';
import type {Host} from '../../../src/model/host.js';
import type {Transport} from '../../../src/model/transport.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  RUN,
  runOn,
  testHost,
  testTransport,
  text,
} from './client.js';
import {createUser, makeKey, startSshd, until} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

let bastion: Sshd;
let inner: Sshd;
let target: Sshd;
let user: TemporaryUser;
let key: string;
let folder: string;
let knownHosts: string;
let transport: Transport;

beforeAll(async () => {
  [bastion, inner, target] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  user = await createUser();
  key = await makeKey(join(bastion.folder, 'user'));
  for (const server of [bastion, inner, target]) await server.authorize(user.name, `${key}.pub`);
});

afterAll(async () => {
  await Promise.all([bastion, inner, target].map((server) => server.stop()));
  await user.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-jump-'));
  knownHosts = join(folder, 'known_hosts');
});

afterEach(async () => {
  transport.close();
  await rm(folder, {recursive: true, force: true});
});

const hostOn = (name: string, server: Sshd, more: Partial<Host> = {}): Host =>
  testHost({
    name,
    port: server.port,
    user: user.name,
    identityFiles: [key],
    knownHosts: [knownHosts],
    ...more,
  });

const start = (...hosts: Host[]): Transport => {
  transport = testTransport({
    findHost: (name) => hosts.find((host) => host.name === name),
    defaults: {identityFiles: [key], user: user.name},
  });
  return transport;
};

const connect = {...CONNECT, acceptNew: true};

test('a host behind a jump host of the inventory is reached through it, and both host keys are checked', async () => {
  start(hostOn('bastion', bastion));
  const host = hostOn('fw1', target, {proxyJump: ['bastion']});

  const {reply, session} = await runOn(transport, host, 'echo "$SSH_CONNECTION"\n', {connect});

  expect(session.connection.via).toEqual(['bastion']);
  expect(text(reply.stdout)).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 /);
  const lines = (await readFile(knownHosts, 'utf8')).trim().split('\n');
  expect(lines).toEqual([
    `[127.0.0.1]:${bastion.port} ${await bastion.hostKey()}`,
    `[127.0.0.1]:${target.port} ${await target.hostKey()}`,
  ]);
});

test('a chain goes through one jump host after the other, written as ssh -J takes them', async () => {
  start();
  const chain = [`${user.name}@127.0.0.1:${bastion.port}`, `ssh://127.0.0.1:${inner.port}`];
  const before = inner.log().length;

  const {session} = await runOn(transport, hostOn('fw1', target, {proxyJump: chain}), 'exit\n', {
    connect,
  });

  expect(session.connection.via).toEqual(chain);
  expect(inner.log().slice(before)).toContain('Accepted publickey');
});

test('a jump host has jump hosts of its own', async () => {
  start(hostOn('outer', bastion), hostOn('inner', inner, {proxyJump: ['outer']}));

  const {session} = await runOn(
    transport,
    hostOn('fw1', target, {proxyJump: ['inner']}),
    'exit\n',
    {
      connect,
    },
  );

  expect(session.connection.via).toEqual(['outer', 'inner']);
});

test('24 hosts behind one jump host share one connection to it', async () => {
  start(hostOn('bastion', bastion));
  const before = bastion.log().length;
  const hosts = Array.from({length: 24}, (_, i) =>
    hostOn(`fw${i}`, target, {proxyJump: ['bastion']}),
  );

  const outputs = await Promise.all(
    hosts.map(async (host) => {
      const session = expectOk(await transport.connect(host, connect));
      const reply = expectOk(await session.run(`echo ${host.name}\n`, RUN));
      session.close();
      return text(reply.stdout).trim();
    }),
  );

  expect(outputs).toEqual(hosts.map(({name}) => name));
  expect(
    bastion
      .log()
      .slice(before)
      .match(/Accepted publickey/g),
  ).toHaveLength(1);
});

test('a jump host whose key has changed refuses every host behind it, after one connection', async () => {
  await writeFile(knownHosts, `[127.0.0.1]:${bastion.port} ${await target.hostKey()}\n`);
  start(hostOn('bastion', bastion));
  const before = bastion.log().length;
  const hosts = ['a', 'b', 'c'].map((name) => hostOn(name, target, {proxyJump: ['bastion']}));

  const results = await Promise.all(hosts.map((host) => transport.connect(host, connect)));

  for (const failure of results.map(expectFailure)) {
    expect(failure.kind).toBe('jump');
    expect(failure.message).toMatch(/^jump host bastion: .* shows the ED25519 key/);
    expect(failure.fix).toContain('ssh-keygen -R');
  }
  await until('the connection to be noted', () =>
    bastion.log().slice(before).includes('Connection from'),
  );
  expect(
    bastion
      .log()
      .slice(before)
      .match(/Connection from/g),
  ).toHaveLength(1);
});

test('a host the jump host cannot reach is refused, and one it may not forward to is its fault', async () => {
  const strict = await startSshd({config: ['AllowTcpForwarding no']});
  await strict.authorize(user.name, `${key}.pub`);
  start(hostOn('bastion', bastion), hostOn('strict', strict));

  const nowhere = expectFailure(
    await transport.connect(hostOn('a', target, {port: 1, proxyJump: ['bastion']}), connect),
  );
  const forbidden = expectFailure(
    await transport.connect(hostOn('b', target, {proxyJump: ['strict']}), connect),
  );
  await strict.stop();

  expect(nowhere.kind).toBe('refused');
  expect(nowhere.message).toContain('the jump host bastion gets no connection to 127.0.0.1 port 1');
  expect(forbidden.kind).toBe('jump');
  expect(forbidden.fix).toContain('AllowTcpForwarding');
});

test('an unknown host behind a jump host is told to be learnt by the line to append', async () => {
  await writeFile(knownHosts, `[127.0.0.1]:${bastion.port} ${await bastion.hostKey()}\n`);
  start(hostOn('bastion', bastion));

  const failure = expectFailure(
    await transport.connect(hostOn('fw1', target, {proxyJump: ['bastion']}), CONNECT),
  );

  expect(failure.kind).toBe('host-key-unknown');
  expect(failure.fix).toContain(
    `echo '[127.0.0.1]:${target.port} ${await target.hostKey()}' >> ${knownHosts}`,
  );
});

test('jump hosts that go in a circle are named, and a host that is its own jump host is reached directly', async () => {
  const a = hostOn('a', bastion, {proxyJump: ['b']});
  const b = hostOn('b', inner, {proxyJump: ['a']});
  const self = hostOn('self', target, {proxyJump: ['self']});
  start(a, b, self);

  const failure = expectFailure(
    await transport.connect(hostOn('fw1', target, {proxyJump: ['a']}), connect),
  );
  const session = expectOk(await transport.connect(self, connect));
  session.close();

  expect(failure.kind).toBe('jump');
  expect(failure.message).toContain('fw1 -> a -> b -> a');
  expect(session.connection.via).toEqual([]);
});

test('a ProxyCommand that is ssh -W goes through a jump host, with its port, user and key', async () => {
  const bastionKey = await makeKey(join(folder, 'bastion'));
  const other = await createUser();
  await bastion.authorize(other.name, `${bastionKey}.pub`);
  const inventory = parseInventory(
    [
      {
        path: join(folder, 'hosts.ini'),
        text: `[private]
fwp1 ansible_host=127.0.0.1 ansible_port=${target.port} ansible_user=${user.name} ansible_ssh_private_key_file=${key}
[private:vars]
ansible_ssh_common_args='-o ProxyCommand="ssh -p ${bastion.port} -i ${bastionKey} -W %h:%p -q ${other.name}@127.0.0.1" -o UserKnownHostsFile=${knownHosts}'
`,
      },
    ],
    {homeDirectory: '/nonexistent'},
  );
  transport = testTransport();

  const [host] = inventory.ok ? inventory.inventory.hosts : [];
  const session = expectOk(await transport.connect(host ?? testHost(), connect));
  session.close();
  await other.remove();

  expect(session.connection.via).toEqual([`${other.name}@127.0.0.1:${bastion.port}`]);
});

test('what is not a jump host is named', async () => {
  start();

  const failure = expectFailure(
    await transport.connect(hostOn('fw1', target, {proxyJump: ['a b\u001b[2J']}), connect),
  );

  expect(failure.kind).toBe('jump');
  expect(failure.message).toBe(String.raw`"a b\x1b[2J" is not a jump host`);
});

test('when the jump host dies, the script behind it is cut, and a later host is told instead of hanging', async () => {
  const fragile = await startSshd();
  await fragile.authorize(user.name, `${key}.pub`);
  start(hostOn('bastion', fragile));
  const host = hostOn('fw1', target, {proxyJump: ['bastion']});
  const session = expectOk(await transport.connect(host, connect));
  let got = 0;
  const running = session.run('echo begun; sleep 60\n', {
    ...RUN,
    onChunk: (chunk) => {
      got += chunk.length;
    },
  });
  await until('the script to run', () => got > 0);

  await fragile.stop();

  expect(expectFailure(await running).kind).toBe('cut');
  const failure = expectFailure(await transport.connect(host, connect));
  expect(failure.kind).toBe('jump');
  expect(failure.message).toContain('nothing listens');
});

test('stopping one host leaves the jump host to the others', async () => {
  start(hostOn('bastion', bastion));
  const stop = new AbortController();
  const stopped = transport.connect(hostOn('a', target, {proxyJump: ['bastion']}), {
    ...connect,
    signal: stop.signal,
  });
  const other = transport.connect(hostOn('b', target, {proxyJump: ['bastion']}), connect);

  stop.abort();

  expect(expectFailure(await stopped).kind).toBe('interrupted');
  expectOk(await other).close();
});
