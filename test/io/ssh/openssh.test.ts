import {execFileSync, spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import type {AddressInfo, Server, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';

import {createAutoTransport} from '../../../src/io/ssh/openssh/auto-transport.js';
import {PrivateFolder} from '../../../src/io/ssh/openssh/private-folder.js';
import type {Host} from '../../../src/model/host.js';
import type {ConnectOptions, Transport} from '../../../src/model/transport.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  lonely,
  RUN,
  runOn,
  scriptedPrompter,
  testHost,
  testOpenSsh,
  text,
} from './client.js';
import {createUser, makeKey, startSshd, until} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

/** What only ssh(1) can do, and what is particular to how it is used; the rest: both-transports. */
let sshd: Sshd;
let user: TemporaryUser;
let folder: string;
let key: string;
let authority: string;
let transport: Transport;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-openssh-'));
  key = await makeKey(join(folder, 'key'));
  authority = await makeKey(join(folder, 'authority'));
  sshd = await startSshd({config: [`TrustedUserCAKeys ${authority}.pub`]});
  user = await createUser();
  await sshd.authorize('root', `${key}.pub`);
  await writeFile(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\nbehind ${await sshd.hostKey()}\n`,
  );
  await writeFile(
    join(folder, 'proxy.cjs'),
    `const s = require('node:net').connect(Number(process.argv[2]), '127.0.0.1');
process.stdin.pipe(s).pipe(process.stdout);`,
  );
});

afterAll(async () => {
  await sshd.stop();
  await user.remove();
  await rm(folder, {recursive: true, force: true});
});

afterEach(() => {
  transport.close();
  for (const close of closing.splice(0)) close();
});

const target = (more: Partial<Host> = {}): Host =>
  testHost({
    port: sshd.port,
    user: 'root',
    identityFiles: [key],
    knownHosts: [join(folder, 'known_hosts')],
    ...more,
  });

const refusal = async (host: Host, options: Partial<ConnectOptions> = {}) =>
  expectFailure(await transport.connect(host, {...CONNECT, ...options}));

const config = async (...lines: string[]): Promise<{mode: 'file'; path: string}> => {
  const path = join(folder, `config-${lines.join().length}`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return {mode: 'file', path};
};

/** Command lines, or environments, of every ssh(1) that runs with `word` in its command line. */
const sshProcesses = (word: string, what: 'cmdline' | 'environ' = 'cmdline'): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        const counts = line.startsWith('ssh\0') && line.includes(word);
        return counts ? [readFileSync(`/proc/${pid}/${what}`, 'latin1')] : [];
      } catch {
        return [];
      }
    });

/** A server of one behaviour on a loopback port. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    closing.push(() => socket.destroy());
    serve(socket);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('any ProxyCommand of ~/.ssh/config', async () => {
  const command = `${process.execPath} ${join(folder, 'proxy.cjs')} ${sshd.port}`;
  transport = testOpenSsh({sshConfig: await config('Host behind', `ProxyCommand ${command}`)});

  const {reply} = await runOn(transport, target({address: 'behind', port: 22}), 'echo there\n');

  expect(text(reply.stdout)).toBe('there\n');
});

test('a ProxyCommand that fails is named, with what it said', async () => {
  // A shell of its own: it says why before it lets go of the connection, and ssh stops listening.
  const sshConfig = await config(
    'Host behind',
    `ProxyCommand sh -c 'echo "no way: \x1b[31m" >&2; exit 3'`,
  );
  transport = testOpenSsh({sshConfig});

  const failure = await refusal(target({address: 'behind', port: 22}));

  expect(failure.kind).toBe('jump');
  expect(failure.message).toContain(
    'the ProxyCommand for fw1 gave no connection to behind port 22: no way: \\x1b[31m',
  );
});

test('a certificate of the user', async () => {
  const own = await makeKey(join(folder, 'certified'));
  execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'me', '-n', 'root', `${own}.pub`]);
  transport = testOpenSsh();

  const {session} = await runOn(transport, target({identityFiles: [own]}), 'true\n');

  expect(session.connection.authentication).toMatch(/^publickey ED25519-CERT /);
});

/** A server that shows a certificate for `principal`, as one who trusts `ca` has it. */
async function certified(principal: string, ca: string): Promise<Host> {
  const own = await makeKey(join(await mkdtemp(join(folder, 'host-')), 'key'));
  const args = ['-q', '-s', authority, '-I', 'fw1', '-h', '-n', principal, `${own}.pub`];
  execFileSync('ssh-keygen', args);
  const server = await startSshd({
    hostKeys: ['ecdsa'],
    config: [`HostKey ${own}`, `HostCertificate ${own}-cert.pub`],
  });
  closing.push(() => server.stop());
  await server.authorize('root', `${key}.pub`);
  const publicKey = await readFile(`${ca}.pub`, 'utf8');
  await writeFile(`${own}-hosts`, `@cert-authority [127.0.0.1]:${server.port} ${publicKey}`);
  return target({port: server.port, knownHosts: [`${own}-hosts`]});
}

test('a certificate of the host; auto finds out that it is needed', async () => {
  const said: string[] = [];
  transport = createAutoTransport(lonely({onWarning: (message) => said.push(message)}));

  const {session} = await runOn(transport, await certified('127.0.0.1', authority), 'true\n');

  expect(session.connection.hostKeyType).toMatch(/^ssh-ed25519/);
  expect(said).toEqual(["fw1: over OpenSSH, as it needs the host's certificate"]);
});

test('a certificate of the host by another authority, or for another host, is refused', async () => {
  transport = testOpenSsh();
  const other = await makeKey(join(folder, 'other-authority'));

  const unknown = await refusal(await certified('127.0.0.1', other));
  expect(unknown.kind).toBe('host-key-unknown');
  expect(unknown.message).toMatch(
    /^the certificate of \[127.0.0.1\]:\d+ is not one that .* vouches for; it is for the ED25519 key SHA256:/,
  );
  expect(unknown.fix).toContain('ssh-keygen -Lf /etc/ssh/ssh_host_ed25519_key-cert.pub');
  const misnamed = await refusal(await certified('fw2', authority));
  expect(misnamed.kind).toBe('host-key-unknown');
  expect(misnamed.message).toContain('vouches for (name is not a listed principal)');
});

test.each([
  [
    'says nothing',
    (): void => undefined,
    'timed-out',
    /the greeting was not finished within 0\.7 s/,
  ],
  [
    'speaks HTTP',
    (socket: Socket): void => {
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\n');
    },
    'cut',
    /ended the connection before the greeting was finished, saying "HTTP\/1\.0 400 Bad Request/,
  ],
  [
    'hangs up',
    (socket: Socket): void => {
      socket.destroy();
    },
    'cut',
    /ended the connection before the greeting was finished$/,
  ],
  [
    'greets and says no more',
    (socket: Socket): void => {
      socket.write('SSH-2.0-slow\r\n');
    },
    'timed-out',
    /the key exchange was not finished within 0\.7 s/,
  ],
  [
    'is of another protocol',
    (socket: Socket): void => {
      socket.write('SSH-1.5-old\r\n');
    },
    'protocol',
    /does not speak SSH as we know it: Protocol major versions differ/,
  ],
] as const)('a host that %s', async (_what, serve, kind, message) => {
  transport = testOpenSsh();
  const failure = await refusal(target({port: await listen(serve)}), {authTimeoutMs: 700});

  expect(failure.kind).toBe(kind);
  expect(failure.message).toMatch(message);
});

test('no algorithm in common', async () => {
  transport = testOpenSsh({sshConfig: await config('Ciphers aes128-cbc')});

  const failure = await refusal(target());

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toMatch(/and OpenSSH here have no cipher \(the host offers .*in common/);
});

test('a connection that goes silent is noticed; one that answers keepalive questions is not', async () => {
  const relays: Socket[] = [];
  const port = await listen((socket) => {
    const other = connect(sshd.port, '127.0.0.1').on('error', () => undefined);
    socket.pipe(other).pipe(socket);
    relays.push(socket, other);
    closing.push(() => other.destroy());
  });
  await writeFile(join(folder, 'relayed'), `[127.0.0.1]:${port} ${await sshd.hostKey()}\n`);
  transport = testOpenSsh({keepAlive: {intervalMs: 1000, most: 2}});
  const session = expectOk(
    await transport.connect(target({port, knownHosts: [join(folder, 'relayed')]}), CONNECT),
  );
  const heard = session.run('sleep 2.2; echo still there\n', {...RUN, silentMs: 1900});
  expect(text(expectOk(await heard).stdout)).toBe('still there\n');

  for (const socket of relays) socket.unpipe().pause();
  const failure = expectFailure(await session.run('echo hello\n', {...RUN, silentMs: 1500}));

  expect(failure.kind).toBe('silent');
});

test('a password is asked for once, and is in no argument, environment or file', async () => {
  const prompter = scriptedPrompter([[/./, user.password]]);
  transport = testOpenSsh({prompter});
  const host = target({user: user.name, identityFiles: []});

  const session = expectOk(await transport.connect(host, CONNECT));
  const again = expectOk(await transport.connect({...host, name: 'fw2'}, CONNECT));

  expect(text(expectOk(await again.run('id -un\n', RUN)).stdout)).toBe(`${user.name}\n`);
  expect(prompter.asked).toEqual([`Password of ${user.name} on fw1: `]);
  expect(session.connection.authentication).toBe('password');
  for (const what of ['cmdline', 'environ'] as const) {
    const seen = sshProcesses(user.name, what);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen.join('').includes(user.password)).toBe(false);
  }
});

test('a wrong password is asked for again, three times at most; then it is said', async () => {
  const prompter = scriptedPrompter([[/./, 'wrong']]);
  transport = testOpenSsh({prompter});

  const failure = await refusal(target({user: user.name, identityFiles: []}));

  expect(failure.kind).toBe('auth');
  expect(failure.fix).toMatch(/^Check the user name and the password/);
  expect(prompter.asked.map((question) => question.startsWith('Wrong password. '))).toEqual([
    false,
    true,
    true,
  ]);
});

test.each([
  ['nobody to ask', undefined],
  ['somebody who does not answer', scriptedPrompter([])],
])('%s: no password goes to the host', async (_who, prompter) => {
  transport = testOpenSsh({prompter});
  const before = sshd.log().length;

  const failure = await refusal(target({user: user.name, identityFiles: []}));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain('password needs somebody to ask, and there is nobody');
  expect(failure.fix).toMatch(/^Run it from a terminal to type a password/);
  expect(sshd.log().slice(before)).not.toContain('Failed password');
});

test('the passphrase of a key is asked for as by the library', async () => {
  const locked = await makeKey(join(folder, 'locked'), {passphrase: 'open sesame'});
  await sshd.authorize('root', `${locked}.pub`);
  const prompter = scriptedPrompter([[/./, 'open sesame']]);
  transport = testOpenSsh({prompter});

  await runOn(transport, target({identityFiles: [locked]}), 'true\n');

  expect(prompter.asked).toEqual([`Passphrase of ${locked}: `]);
});

test('closing leaves no process and no folder', async () => {
  transport = testOpenSsh();
  expectOk(await transport.connect(target(), CONNECT));
  const [line = ''] = sshProcesses(`\0${sshd.port}\0`);
  const socket = line.split('\0')[line.split('\0').indexOf('-S') + 1] ?? '';
  expect(existsSync(socket)).toBe(true);

  transport.close();

  await until('ssh to end', () => sshProcesses(`\0${sshd.port}\0`).length === 0);
  expect(existsSync(join(socket, '..'))).toBe(false);
});

test('what is started ends with us, however we end', async () => {
  transport = testOpenSsh();
  const held = new PrivateFolder();
  const child = spawn('sleep', ['1000'], {detached: true, stdio: 'ignore'});
  const gone = new Promise((resolve) => child.once('exit', resolve));
  held.mind(child);

  // All that is left of a process that was killed: its end of the pipe is closed.
  held.abandon();

  await gone;
  await until('the folder to go', () => !existsSync(held.path));
});

test('auto takes ssh(1) where the library lacks something, and says so once a host', async () => {
  const command = `${process.execPath} ${join(folder, 'proxy.cjs')} ${sshd.port}`;
  const said: string[] = [];
  transport = createAutoTransport(
    lonely({
      sshConfig: await config('Host behind', `ProxyCommand ${command}`, 'Host *'),
      onWarning: (message) => said.push(message),
    }),
  );
  const behind = target({name: 'fw2', address: 'behind', port: 22});

  for (const host of [target(), behind, behind])
    expect(text((await runOn(transport, host, 'echo there\n')).reply.stdout)).toBe('there\n');

  expect(said).toEqual(['fw2: over OpenSSH, as it needs a ProxyCommand']);
  expect(await readFile(join(folder, 'known_hosts'), 'utf8')).toContain('behind');
});

test('auto also takes ssh(1) when the library has said that it cannot', async () => {
  const strict = await startSshd({config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com']});
  closing.push(() => strict.stop());
  await strict.authorize('root', `${key}.pub`);
  const said: string[] = [];
  transport = createAutoTransport(lonely({onWarning: (message) => said.push(message)}));
  const host = target({port: strict.port, knownHosts: [join(folder, 'strict')]});

  const session = expectOk(await transport.connect(host, {...CONNECT, acceptNew: true}));

  expect(text(expectOk(await session.run('echo there\n', RUN)).stdout)).toBe('there\n');
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^fw1: over OpenSSH, as .* have no .* in common$/);
});
