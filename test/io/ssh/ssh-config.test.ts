import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import fc from 'fast-check';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';

import {scanSshConfig} from '../../../src/io/ssh/config/ssh-config-scan.js';
import {SshConfig} from '../../../src/io/ssh/config/ssh-config.js';
import {parseSshSettings} from '../../../src/io/ssh/config/ssh-settings.js';
import {isHostName, isUserName, resolveTarget} from '../../../src/io/ssh/target.js';
import type {Host} from '../../../src/model/host.js';
import type {Transport} from '../../../src/model/transport.js';
import {CONNECT, expectFailure, expectOk, testHost, testTransport} from './client.js';
import {createUser, makeKey, startAgent, startSshd, until} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

let sshd: Sshd;
let user: TemporaryUser;
let home: string;
let config: string;
let transport: Transport | undefined;

beforeAll(async () => {
  sshd = await startSshd();
  user = await createUser();
});

afterAll(async () => {
  await sshd.stop();
  await user.remove();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zbufctl-config-'));
  await mkdir(join(home, '.ssh'));
  config = join(home, '.ssh', 'config');
});

afterEach(async () => {
  transport?.close();
  transport = undefined;
  await rm(home, {recursive: true, force: true});
});

const withConfig = async (...lines: string[]): Promise<Transport> => {
  // The first value counts: this keeps the tests away from the known_hosts of whoever runs them.
  const ours = [
    'Host *',
    `  UserKnownHostsFile ${home}/.ssh/known_hosts`,
    '  GlobalKnownHostsFile none',
  ];
  await writeFile(config, `${[...lines, ...ours].join('\n')}\n`);
  transport = testTransport({
    sshConfig: {mode: 'file', path: config},
    defaults: {homeDirectory: home, knownHosts: [join(home, '.ssh', 'known_hosts')]},
  });
  return transport;
};

const login = async (host: Partial<Host>): Promise<string> => {
  const session = expectOk(await transport!.connect(testHost(host), {...CONNECT, acceptNew: true}));
  session.close();
  return `${session.connection.user} ${session.connection.authentication}`;
};

test('name, port, user, key, known_hosts and alias come from the ssh configuration', async () => {
  const key = await makeKey(join(home, '.ssh', 'fleet'));
  await sshd.authorize(user.name, `${key}.pub`);
  await withConfig(
    'Host fw*',
    '  HostName 127.0.0.1',
    `  Port ${sshd.port}`,
    `  User ${user.name}`,
    '  IdentityFile ~/.ssh/fleet',
    '  IdentitiesOnly yes',
    // ssh expands ~ by the password database, whatever HOME says.
    `  UserKnownHostsFile ${home}/.ssh/fleet_hosts`,
    '  GlobalKnownHostsFile none',
    '  HostKeyAlias %n.fleet',
    '  HashKnownHosts yes',
  );

  expect(await login({address: 'fw1'})).toBe(`${user.name} publickey ssh-ed25519 (${key})`);

  // Stored under the alias, hashed, where the configuration says: ssh-keygen finds it there.
  const found = execFileSync(
    'ssh-keygen',
    ['-F', 'fw1.fleet', '-f', join(home, '.ssh', 'fleet_hosts')],
    {
      encoding: 'utf8',
    },
  );
  expect(found).toContain('|1|');
});

test('what the inventory says wins over the ssh configuration', async () => {
  const key = await makeKey(join(home, 'mine'));
  await sshd.authorize(user.name, `${key}.pub`);
  await withConfig(
    'Host *',
    '  Port 1',
    '  User nobody',
    '  IdentityFile ~/.ssh/other',
    '  ProxyCommand false',
  );

  expect(
    await login({port: sshd.port, user: user.name, identityFiles: [key], proxyJump: []}),
  ).toContain(key);
});

test('IdentityAgent is asked instead of SSH_AUTH_SOCK, and none means none', async () => {
  const key = await makeKey(join(home, 'key'));
  await sshd.authorize(user.name, `${key}.pub`);
  const agent = await startAgent([key]);
  const host = {port: sshd.port, user: user.name};

  await withConfig('Host *', `  IdentityAgent ${agent.socket}`);
  expect(await login(host)).toContain('agent key');
  transport?.close();
  await withConfig('Host *', '  IdentityAgent none');
  const failure = expectFailure(
    await transport!.connect(testHost(host), {...CONNECT, acceptNew: true}),
  );
  await agent.stop();

  expect(failure.kind).toBe('auth');
});

test('IdentitiesOnly keeps the agent to the keys that are named, by their public half too', async () => {
  const named = await makeKey(join(home, 'named'));
  const other = await makeKey(join(home, 'other'));
  await sshd.authorize(user.name, `${other}.pub`);
  const agent = await startAgent([named, other]);
  const host = {port: sshd.port, user: user.name};

  await withConfig(
    'Host *',
    `  IdentityAgent ${agent.socket}`,
    '  IdentitiesOnly yes',
    `  IdentityFile ${named}.pub`,
  );
  const failure = expectFailure(
    await transport!.connect(testHost(host), {...CONNECT, acceptNew: true}),
  );
  expect(failure.message).toContain('agent key');
  expect(failure.message.match(/publickey ssh-ed25519/g)).toHaveLength(1);
  transport?.close();
  await withConfig(
    'Host *',
    `  IdentityAgent ${agent.socket}`,
    '  IdentitiesOnly yes',
    `  IdentityFile ${other}.pub`,
  );
  expect(await login(host)).toContain('agent key');
  await agent.stop();
});

test('a ProxyCommand of ~/.ssh/config that is ssh -W stands for a jump host', async () => {
  await withConfig('Host *', '  ProxyCommand ssh -q -W %h:%p -p 2 nobody@no-such-host.invalid');

  const failure = expectFailure(await transport!.connect(testHost(), CONNECT));

  expect(failure.kind).toBe('jump');
  expect(failure.message).toContain('nobody@no-such-host.invalid:2');
});

test('a ProxyCommand and a key revocation list are named as not supported', async () => {
  const reasons = [];
  for (const line of ['ProxyCommand nc %h %p', 'RevokedHostKeys /etc/ssh/revoked']) {
    await withConfig('Host *', `  ${line}`);
    reasons.push(expectFailure(await transport!.connect(testHost(), CONNECT)));
    transport?.close();
  }

  expect(reasons.map(({kind}) => kind)).toEqual(['unsupported', 'unsupported']);
  expect(reasons[0]?.message).toContain('ProxyCommand');
  expect(reasons[1]?.message).toContain('RevokedHostKeys');
});

test('a configuration that ssh does not accept refuses the host with its words', async () => {
  await withConfig('Host *', '  NoSuchOption yes');

  const failure = expectFailure(await transport!.connect(testHost(), CONNECT));

  expect(failure.message).toContain('Bad configuration option: nosuchoption');
  expect(failure.fix).toContain('ssh -G 127.0.0.1');
});

test('a host or user that ssh would take for an option never reaches its command line', async () => {
  const proof = join(home, 'proof');
  await withConfig('Host *', '  User root');
  const evil = [
    testHost({address: `-oProxyCommand=touch ${proof}`}),
    testHost({address: '-F/dev/null'}),
    testHost({address: 'a b'}),
    testHost({address: 'a\nb'}),
    testHost({user: `-oProxyCommand=touch ${proof}`}),
    testHost({user: '$(touch x)'}),
  ];

  const failures = await Promise.all(
    evil.map(async (host) => expectFailure(await transport!.connect(host, CONNECT))),
  );

  expect(failures.map(({kind}) => kind)).toEqual(evil.map(() => 'unresolved'));
  expect(failures[0]?.fix).toContain('zbufctl.yaml:1');
});

test('ssh is asked once for a host however often it is needed, and not at all where nothing matters', async () => {
  await writeFile(config, 'Host *\n  User someone\n');
  const asked = new SshConfig({mode: 'file', path: config}, home);
  const answers = await Promise.all([asked.ask(testHost()), asked.ask(testHost({name: 'again'}))]);
  expect(answers[0]).toBe(answers[1]);
  expect(expectOk(answers[0])?.user).toBe('someone');
  asked.close();

  await writeFile(config, '# nothing\nHost *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n');
  const needless = new SshConfig({mode: 'file', path: config}, home);
  // Without asking, only what the scan saw is known: no user, but names are to be hashed.
  expect(expectOk(await needless.ask(testHost()))).toMatchObject({hashKnownHosts: true});
  expect(expectOk(await needless.ask(testHost()))?.user).toBeUndefined();

  const off = new SshConfig({mode: 'off'}, home);
  expect(expectOk(await off.ask(testHost()))).toBeUndefined();
});

test('the scan follows Include, and leaves to ssh whatever it does not understand', async () => {
  const folder = join(home, '.ssh', 'config.d');
  await mkdir(folder);
  const scan = async (...lines: string[]) => {
    await writeFile(config, `${lines.join('\n')}\n`);
    return (await scanSshConfig([config, join(home, 'missing')])).matters;
  };

  expect(await scan('Include config.d/*.conf', 'Host *', ' GSSAPIAuthentication yes')).toBe(false);
  await writeFile(join(folder, 'a.conf'), 'Host x\n  Ciphers aes128-ctr\n');
  expect(await scan('Include config.d/*.conf')).toBe(false);
  await writeFile(join(folder, 'b.conf'), 'Host x\n  Port 2222\n');
  expect(await scan('Include config.d/*.conf')).toBe(true);
  expect(await scan(`Include ${folder}/*.other`)).toBe(false);
  expect(await scan('Include config.d/[ab].conf')).toBe(true);
  expect(await scan('Include config.d/*/x')).toBe(true);
  expect(await scan('proxyjump=bastion')).toBe(true);
  expect(await scan('SomethingNew yes')).toBe(true);
  await rm(config);
  await mkdir(config);
  expect((await scanSshConfig([config])).matters).toBe(true);
});

test('a program that ssh runs for the configuration and that hangs ends with the transport', async () => {
  const started = join(home, 'started');
  await withConfig(`Match exec "echo $$ > ${started}; exec sleep 600"`, '  Port 1');
  const connecting = transport!.connect(testHost(), CONNECT);
  await until('the program to run', () => existsSync(started) && readFileSync(started).length > 0);

  transport!.close();

  expect(expectFailure(await connecting).kind).toBe('interrupted');
  const pid = Number(await readFile(started, 'utf8'));
  await until('the program to end', () => !isRunning(pid));
});

test('stopping does not wait for a program that ssh runs for the configuration', async () => {
  const started = join(home, 'started');
  await withConfig(`Match exec "touch ${started}; exec sleep 600"`, '  Port 1');
  const stop = new AbortController();
  const connecting = transport!.connect(testHost(), {...CONNECT, signal: stop.signal});
  await until('the program to run', () => existsSync(started));

  stop.abort();

  expect(expectFailure(await connecting).kind).toBe('interrupted');
});

test('many hosts are asked for at once and each gets its own answer, from a bad configuration too', async () => {
  await writeFile(
    config,
    ['Host fw13', '  NoSuchOption 1', 'Host fw*', '  Port 2222', ''].join('\n'),
  );
  const asked = new SshConfig({mode: 'file', path: config}, home);
  expectFailure(await asked.ask(testHost({address: 'fw1'})));

  await writeFile(config, ['Host fw*', '  User %n', ''].join('\n'));
  const names = Array.from({length: 40}, (_, i) => `host${i}`);
  const answers = await Promise.all(
    names.map((address) => asked.ask(testHost({address, port: 2000}))),
  );
  asked.close();

  expect(answers.map((answer) => expectOk(answer)?.hostname)).toEqual(names);
  expect(answers.map((answer) => expectOk(answer)?.port)).toEqual(names.map(() => 2000));
});

test('every setting of a real ssh -G is understood', () => {
  const settings = parseSshSettings(
    execFileSync(
      'ssh',
      ['-T', '-G', '-F', 'none', '-p', '2222', '-l', 'ops', '--', 'fw1.example.net'],
      {
        encoding: 'utf8',
      },
    ),
  );

  expect(settings).toMatchObject({
    hostname: 'fw1.example.net',
    user: 'ops',
    port: 2222,
    family: 0,
    identitiesOnly: false,
    publickey: true,
    password: true,
    keyboardInteractive: true,
  });
  expect(settings.userKnownHosts[0]).toMatch(/\/\.ssh\/known_hosts$/);
  expect(settings.identityFiles).toContain('~/.ssh/id_ed25519');
  expect(settings.proxyJump).toBeUndefined();
  expect(settings.proxyCommand).toBeUndefined();
});

test('names are never options, whatever they are, and garbage settings never throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (isHostName(text) || isUserName(text)) {
        expect(text.startsWith('-')).toBe(false);
        expect(text).not.toMatch(/[\s'"`$;&|<>\\]/);
      }
      const settings = parseSshSettings(text);
      resolveTarget(testHost(), settings, {
        homeDirectory: '/home/x',
        user: 'x',
        identityFiles: [],
        knownHosts: [],
      });
    }),
  );
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
