import {appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {execFileSync} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';

import type {Transport} from '../../../src/model/transport.js';
import {CONNECT, expectFailure, expectOk, runOn, testHost, testTransport, text} from './client.js';
import {startFaulty} from './faulty-server.js';
import {createUser, makeKey, startSshd} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

let sshd: Sshd;
let user: TemporaryUser;
let key: string;
let folder: string;
let knownHosts: string;
let warnings: string[];
let transport: Transport;

beforeAll(async () => {
  sshd = await startSshd({
    hostKeys: ['ed25519', 'rsa', 'ecdsa'],
    config: ['LogLevel DEBUG1'],
  });
  key = await makeKey(join(sshd.folder, 'user'));
  user = await createUser();
  await sshd.authorize(user.name, `${key}.pub`);
});

afterAll(async () => {
  await sshd.stop();
  await user.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-known-'));
  knownHosts = join(folder, 'known_hosts');
  warnings = [];
  transport = testTransport({onWarning: (message) => warnings.push(message)});
  return async () => {
    transport.close();
    await rm(folder, {recursive: true, force: true});
  };
});

const host = () =>
  testHost({port: sshd.port, user: user.name, identityFiles: [key], knownHosts: [knownHosts]});
const name = () => `[127.0.0.1]:${sshd.port}`;
const know = (line: string) => appendFile(knownHosts, `${line}\n`);

test('a host whose key is in known_hosts is let in, and the evidence names key and method', async () => {
  await know(`# a comment\n\n${name()} ${await sshd.hostKey()} comment`);

  const {reply, session} = await runOn(transport, host(), 'echo out; echo err >&2; exit 3\n');

  expect(text(reply.stdout)).toBe('out\n');
  expect(text(reply.stderr)).toBe('err\n');
  expect(reply.exitCode).toBe(3);
  const printed = execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'host_ed25519.pub')], {
    encoding: 'utf8',
  });
  expect(printed).toContain(` ${session.connection.hostKeyFingerprint} `);
  expect(session.connection).toMatchObject({
    user: user.name,
    port: sshd.port,
    hostKeyType: 'ssh-ed25519',
    authentication: `publickey ssh-ed25519 (${key})`,
    via: [],
  });
});

test('a server is not asked to prove its other keys: nobody would add them', async () => {
  await know(`${name()} ${await sshd.hostKey()}`);
  const said = sshd.log().length;

  await runOn(transport, host(), 'true\n');

  // The request for the command came over the same connection, and later.
  const log = sshd.log().slice(said);
  expect(log).toContain('server_input_channel_req: channel 0 request exec');
  expect(log).not.toContain('hostkeys-prove');
});

test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
  'a host known only by its %s key is asked for that key, so no other raises a false alarm',
  async (type) => {
    await know(`${name()} ${await sshd.hostKey(type)}`);

    const {session} = await runOn(transport, host(), 'exit\n');

    expect(session.connection.hostKeyType).toBe((await sshd.hostKey(type)).split(' ')[0]);
  },
);

test('hashed names, as ssh-keygen -H writes them, are found', async () => {
  await know(`${name()} ${await sshd.hostKey()}`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', knownHosts], {stdio: 'ignore'});
  expect(await readFile(knownHosts, 'utf8')).not.toContain('127.0.0.1');

  await runOn(transport, host(), 'exit\n');
});

test('an unknown host is refused with its fingerprint and a command that adds it', async () => {
  await know(`other.example.net ${await sshd.hostKey()}`);

  const failure = expectFailure(await transport.connect(host(), CONNECT));

  expect(failure.kind).toBe('host-key-unknown');
  expect(failure.message).toContain(name());
  expect(failure.message).toMatch(/ED25519 key SHA256:[A-Za-z0-9+/]{43}$/);
  expect(failure.fix).not.toContain('ssh-keyscan');
  // The very line: nothing is fetched a second time, by way of whoever may be in between.
  const command = /echo .* >> \S+/.exec(failure.fix)?.[0] ?? '';
  expect(command).toContain(`${name()} ${await sshd.hostKey()}`);
  execFileSync('sh', ['-c', command], {stdio: 'ignore'});
  transport.close();
  transport = testTransport();
  await runOn(transport, host(), 'exit\n');
});

test('an RSA host key of less than 2048 bits is refused, with the reason, even when it is known', async () => {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 1024});
  const server = await startFaulty({}, privateKey.export({type: 'pkcs1', format: 'pem'}));
  const weak = {...host(), port: server.port};

  for (const acceptNew of [false, true]) {
    const failure = expectFailure(await transport.connect(weak, {...CONNECT, acceptNew}));
    expect(failure.kind).toBe('host-key-weak');
    expect(failure.message).toContain('of only 1024 bits');
  }
  await server.stop();
});

test('no password is asked for before the host key is accepted', async () => {
  const asked: string[] = [];
  transport = testTransport({
    prompter: {
      ask: ({text}) => {
        asked.push(text);
        return Promise.resolve('x');
      },
    },
  });

  const failure = expectFailure(await transport.connect({...host(), identityFiles: []}, CONNECT));

  expect(failure.kind).toBe('host-key-unknown');
  expect(asked).toEqual([]);
});

test('a changed key is refused with file, line, both fingerprints and the command to remove the old one', async () => {
  const old = await makeKey(join(folder, 'old'));
  const line = (await readFile(`${old}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
  await know(`# first\n${name()} ${line}`);

  const failure = expectFailure(await transport.connect(host(), CONNECT));

  expect(failure.kind).toBe('host-key-changed');
  expect(failure.message).toContain(`${knownHosts}:2`);
  expect(failure.message.match(/SHA256:/g)).toHaveLength(2);
  expect(failure.fix).toContain(`ssh-keygen -R '${name()}' -f ${knownHosts}`);
  const command = /ssh-keygen -R \S+ -f \S+(?=, then)/.exec(failure.fix)?.[0] ?? '';
  execFileSync('sh', ['-c', command], {stdio: 'ignore'});
  expect(await readFile(knownHosts, 'utf8')).not.toContain(line);
});

test('a changed key is refused even when new hosts are accepted, also when only its type is new', async () => {
  const only = await startSshd({hostKeys: ['rsa']});
  await know(`[127.0.0.1]:${only.port} ${await sshd.hostKey()}`);
  const before = await readFile(knownHosts, 'utf8');

  const failure = expectFailure(
    await transport.connect({...host(), port: only.port}, {...CONNECT, acceptNew: true}),
  );
  await only.stop();

  expect(failure.kind).toBe('host-key-changed');
  expect(await readFile(knownHosts, 'utf8')).toBe(before);
});

test('a revoked key is refused although another line vouches for it', async () => {
  await know(`${name()} ${await sshd.hostKey()}`);
  await know(`@revoked * ${await sshd.hostKey()}`);

  const failure = expectFailure(await transport.connect(host(), {...CONNECT, acceptNew: true}));

  expect(failure.kind).toBe('host-key-revoked');
  expect(failure.message).toContain(`${knownHosts}:2`);
});

test('a host that only a certificate authority vouches for is named as not supported', async () => {
  await know(`@cert-authority *.example.net,127.0.0.1 ${await sshd.hostKey('rsa')}`);

  const failure = expectFailure(await transport.connect(host(), CONNECT));

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toContain('host certificates');
  expect(failure.message).toContain(`${knownHosts}:1`);
});

test('several files count; a malformed line is reported with file and line, and trusts nobody', async () => {
  const second = join(folder, 'second');
  await know(`${name()} ssh-ed25519 not-base64!\n${name()}`);
  await writeFile(second, `${name()} ${await sshd.hostKey()}\n`);

  await runOn(
    transport,
    {...host(), knownHosts: [knownHosts, join(folder, 'missing'), second]},
    'exit\n',
  );

  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain(`${knownHosts}:1: the key is not base64`);
  expect(warnings[1]).toContain(`${knownHosts}:2: `);
});

test('a known_hosts file that is there but cannot be read refuses every host', async () => {
  await know(`${name()} ${await sshd.hostKey()}`);
  const locked = join(folder, 'locked');
  await mkdir(locked);

  const failure = expectFailure(
    await transport.connect(
      {...host(), knownHosts: [knownHosts, locked]},
      {...CONNECT, acceptNew: true},
    ),
  );

  expect(failure.kind).toBe('host-key-unknown');
  expect(failure.message).toContain(locked);
});

test('a known_hosts file without read permission refuses every host', async () => {
  const mine = join(folder, 'root-only');
  await writeFile(mine, '', {mode: 0o600});
  process.seteuid?.(65_534);
  try {
    const failure = expectFailure(
      await transport.connect({...host(), knownHosts: [mine]}, {...CONNECT, acceptNew: true}),
    );
    expect(failure.message).toMatch(/root-only cannot be read.*EACCES/);
  } finally {
    process.seteuid?.(0);
  }
});

test('an accepted new key is stored at once, in a folder and file only the owner may use', async () => {
  knownHosts = join(folder, 'new', '.ssh', 'known_hosts');

  await runOn(transport, host(), 'exit\n', {connect: {acceptNew: true}});

  expect(await readFile(knownHosts, 'utf8')).toBe(`${name()} ${await sshd.hostKey()}\n`);
  expect((await stat(knownHosts)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'new', '.ssh'))).mode & 0o777).toBe(0o700);
  // OpenSSH agrees with what we wrote.
  execFileSync('ssh-keygen', ['-F', name(), '-f', knownHosts]);
});

test('a new key goes on its own line after a file that does not end in a newline', async () => {
  await writeFile(knownHosts, `other ${await sshd.hostKey()}`);

  await runOn(transport, host(), 'exit\n', {connect: {acceptNew: true}});

  expect(await readFile(knownHosts, 'utf8')).toBe(
    `other ${await sshd.hostKey()}\n${name()} ${await sshd.hostKey()}\n`,
  );
});

test('32 new hosts at once leave 32 whole lines', async () => {
  // sshd listens on at most 16 addresses.
  const addresses = Array.from({length: 16}, (_, i) => `127.0.0.${i + 1}`);
  const config = addresses.slice(1).map((address) => `ListenAddress ${address}`);
  const servers = await Promise.all([startSshd({config}), startSshd({config})]);
  for (const server of servers) await server.authorize(user.name, `${key}.pub`);
  const hosts = servers.flatMap(({port}) =>
    addresses.map((address) => ({...host(), address, port})),
  );

  const sessions = await Promise.all(
    hosts.map((h) => transport.connect(h, {...CONNECT, acceptNew: true})),
  );

  for (const session of sessions) expectOk(session).close();
  const expected = await Promise.all(
    servers.flatMap((s) => addresses.map(async (a) => `[${a}]:${s.port} ${await s.hostKey()}`)),
  );
  const lines = (await readFile(knownHosts, 'utf8')).trimEnd().split('\n');
  expect(lines.sort()).toEqual(expected.sort());
  await Promise.all(servers.map((server) => server.stop()));
});

test('a host that stands in the inventory twice is stored once', async () => {
  const twice = [host(), {...host(), name: 'fw1-again'}];

  const sessions = await Promise.all(
    twice.map((h) => transport.connect(h, {...CONNECT, acceptNew: true})),
  );

  for (const session of sessions) expectOk(session).close();
  expect((await readFile(knownHosts, 'utf8')).trimEnd().split('\n')).toHaveLength(1);
});

test('an accepted key serves the rest of the run, and a different one is a changed key', async () => {
  await runOn(transport, host(), 'exit\n', {connect: {acceptNew: true}});
  await runOn(transport, host(), 'exit\n');
  const imposter = await startSshd();
  // Same name in known_hosts, other key: as if somebody had taken over the address.
  await writeFile(knownHosts, `[127.0.0.1]:${imposter.port} ${await sshd.hostKey()}\n`);
  transport.close();
  transport = testTransport();

  const failure = expectFailure(
    await transport.connect({...host(), port: imposter.port}, {...CONNECT, acceptNew: true}),
  );
  await imposter.stop();

  expect(failure.kind).toBe('host-key-changed');
});
