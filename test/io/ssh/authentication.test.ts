import {execFileSync} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import {chmod, copyFile, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';

import {shownPrompt} from '../../../src/io/ssh/login/keyboard-dialogue.js';
import {openPrivateKey} from '../../../src/io/ssh/login/open-key.js';
import {keyTypeOf} from '../../../src/io/signing/sshsig-format.js';
import type {Transport} from '../../../src/model/transport.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  runOn,
  scriptedPrompter,
  testHost,
  testTransport,
} from './client.js';
import {createUser, makeKey, setPassword, startAgent, startSshd, until} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

let sshd: Sshd;
/** With PAM: keyboard-interactive, and both steps demanded of the user `strict`. */
let pam: Sshd;
let user: TemporaryUser;
let strict: TemporaryUser;
let folder: string;
let transport: Transport;

beforeAll(async () => {
  user = await createUser();
  strict = await createUser();
  sshd = await startSshd();
  pam = await startSshd({
    config: [
      'UsePAM yes',
      `Match User ${strict.name}`,
      '  AuthenticationMethods publickey,password',
      'Match all',
    ],
  });
});

afterAll(async () => {
  await sshd.stop();
  await pam.stop();
  await user.remove();
  await strict.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-auth-'));
});

afterEach(async () => {
  transport.close();
  await rm(join(sshd.folder, 'authorized', user.name), {force: true});
  await rm(folder, {recursive: true, force: true});
});

const connect = {...CONNECT, acceptNew: true};
const host = (more: Parameters<typeof testHost>[0] = {}) =>
  testHost({port: sshd.port, user: user.name, knownHosts: [join(folder, 'known_hosts')], ...more});

const authentication = async (target = host()): Promise<string> => {
  const session = expectOk(await transport.connect(target, connect));
  session.close();
  return session.connection.authentication ?? '';
};

test.each([
  ['ed25519', 'ssh-ed25519'],
  ['rsa', 'rsa-sha2-512'],
  ['ecdsa', 'ecdsa-sha2-nistp256'],
] as const)('a key file of type %s logs in', async (type, name) => {
  const key = await makeKey(join(folder, 'key'), {type});
  await sshd.authorize(user.name, `${key}.pub`);
  transport = testTransport();

  expect(await authentication(host({identityFiles: [key]}))).toBe(`publickey ${name} (${key})`);

  // An RSA key signs with SHA-2; sshd names the algorithm of the signature only when it does not
  // like it.
  expect(sshd.log()).not.toMatch(/unsupported|no mutual signature/i);
});

test('ECDSA keys of the longer curves log in', async () => {
  for (const bits of ['384', '521']) {
    const key = await makeKey(join(folder, bits), {type: 'ecdsa', more: ['-b', bits]});
    await sshd.authorize(user.name, `${key}.pub`);
    transport = testTransport();
    expect(await authentication(host({identityFiles: [key]}))).toContain(`ecdsa-sha2-nistp${bits}`);
    transport.close();
  }
});

test.each([
  ['as ssh-keygen makes it', 'ed25519', ['-a', '16']],
  ['AES-GCM', 'ed25519', ['-Z', 'aes256-gcm@openssh.com']],
  ['old PEM', 'rsa', ['-m', 'PEM']],
] as const)(
  'the passphrase of an encrypted key is asked for once (%s)',
  async (_name, type, more) => {
    const key = await makeKey(join(folder, 'key'), {type, passphrase: 'open sesame', more});
    await sshd.authorize(user.name, `${key}.pub`);
    const prompter = scriptedPrompter([[/./, 'open sesame']]);
    transport = testTransport({prompter});
    const target = host({identityFiles: [key]});

    await Promise.all([authentication(target), authentication(target), authentication(target)]);

    expect(prompter.asked).toEqual([`Passphrase of ${key}: `]);
  },
);

test('a wrong passphrase is said so and asked again; three times wrong is told in the failure', async () => {
  const key = await makeKey(join(folder, 'key'), {passphrase: 'open sesame'});
  await sshd.authorize(user.name, `${key}.pub`);
  const prompter = scriptedPrompter([
    [/^Wrong/, 'open sesame'],
    [/./, 'wrong'],
  ]);
  transport = testTransport({prompter});
  await authentication(host({identityFiles: [key]}));
  expect(prompter.asked).toEqual([
    `Passphrase of ${key}: `,
    `Wrong passphrase. Passphrase of ${key}: `,
  ]);
  transport.close();

  const hopeless = scriptedPrompter([[/Passphrase/, 'wrong']]);
  transport = testTransport({prompter: hopeless});
  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain(`wrong passphrase for ${key}`);
  expect(
    hopeless.asked.filter((text) => text.includes('Passphrase') || text.includes('passphrase')),
  ).toHaveLength(3);
});

test('no passphrase is asked for a key the host does not want', async () => {
  const wanted = await makeKey(join(folder, 'wanted'));
  const locked = await makeKey(join(folder, 'locked'), {passphrase: 'open sesame'});
  await sshd.authorize(user.name, `${wanted}.pub`);
  const prompter = scriptedPrompter([]);
  transport = testTransport({prompter});

  expect(await authentication(host({identityFiles: [locked, wanted]}))).toContain(wanted);

  expect(prompter.asked).toEqual([]);
});

test('without anybody to ask, an encrypted key and a password are named as what would have been needed', async () => {
  const key = await makeKey(join(folder, 'key'), {passphrase: 'open sesame'});
  await sshd.authorize(user.name, `${key}.pub`);
  transport = testTransport();

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain(`${key} is encrypted and there is nobody to ask`);
  expect(failure.message).toContain('password needs somebody to ask');
});

test('a key the host does not know is refused, naming the key and what the server takes', async () => {
  const key = await makeKey(join(folder, 'key'));
  transport = testTransport();

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain(`publickey ssh-ed25519 (${key})`);
  expect(failure.message).toContain('the server takes publickey, password');
  expect(failure.fix).toContain(`ssh -v -p ${sshd.port} ${user.name}@127.0.0.1`);
});

test('a key others may read is not used, as with ssh', async () => {
  const key = await makeKey(join(folder, 'key'));
  await sshd.authorize(user.name, `${key}.pub`);
  await chmod(key, 0o644);
  transport = testTransport();

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.message).toContain(`chmod 600 ${key}`);
});

test('an agent logs in, is asked for its list once, and signs for RSA with SHA-2', async () => {
  const keys = [
    await makeKey(join(folder, 'a')),
    await makeKey(join(folder, 'b'), {type: 'rsa', comment: 'the "right" one\u001b[2J'}),
  ];
  await sshd.authorize(user.name, `${keys[1] ?? ''}.pub`);
  const agent = await startAgent(keys);
  transport = testTransport({defaults: {authSock: agent.socket}});

  expect(await authentication()).toBe(
    String.raw`publickey rsa-sha2-512 (agent key "the "right" one\x1b[2J")`,
  );
  await Promise.all([authentication(), authentication()]);
  transport.close();
  await agent.stop();
});

test('an encrypted key file whose key the agent holds needs no passphrase', async () => {
  const plain = await makeKey(join(folder, 'plain'));
  const locked = join(folder, 'locked');
  await copyFile(plain, locked);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked]);
  await sshd.authorize(user.name, `${plain}.pub`);
  const agent = await startAgent([plain]);
  const prompter = scriptedPrompter([]);
  transport = testTransport({prompter, defaults: {authSock: agent.socket}});

  expect(await authentication(host({identityFiles: [locked]}))).toContain('agent key');

  expect(prompter.asked).toEqual([]);
  transport.close();
  await agent.stop();
});

test('of an agent with many keys the named one goes first, and the rest keep within what servers allow', async () => {
  const keys = await Promise.all(Array.from({length: 9}, (_, i) => makeKey(join(folder, `k${i}`))));
  const agent = await startAgent(keys);
  await sshd.authorize(user.name, `${keys[8] ?? ''}.pub`);
  transport = testTransport({defaults: {authSock: agent.socket}});

  const failure = expectFailure(await transport.connect(host(), connect));
  expect(failure.message).toContain('3 more keys were not offered (MaxAuthTries)');
  expect(failure.fix).toContain('identityFile');
  expect(await authentication(host({identityFiles: [keys[8] ?? '']}))).toContain('agent key');
  transport.close();
  await agent.stop();
});

test('an agent that is not there is named in the failure and stops nothing', async () => {
  const key = await makeKey(join(folder, 'key'));
  transport = testTransport({defaults: {authSock: join(folder, 'no-agent')}});
  const failure = expectFailure(await transport.connect(host(), connect));
  expect(failure.message).toContain('no ssh-agent: ');

  await sshd.authorize(user.name, `${key}.pub`);
  expect(await authentication(host({identityFiles: [key]}))).toContain(key);
});

test('a FIDO key is named as not usable', async () => {
  // The head of a key file in the clear is all that is looked at; a real one needs the hardware.
  const blob = Buffer.concat(
    ['sk-ssh-ed25519@openssh.com', 'x'.repeat(32), 'ssh:'].map((part) => wireString(part)),
  );
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map((part) => wireString(part)),
    Buffer.from([0, 0, 0, 1]),
    wireString(blob),
  ]);
  const key = join(folder, 'id_ed25519_sk');
  await writeFile(
    key,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${file.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    {mode: 0o600},
  );
  transport = testTransport();

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toContain(`${key} is a FIDO key`);
});

test('a user certificate beside the key is named as not usable', async () => {
  const authority = await makeKey(join(folder, 'ca'));
  const key = await makeKey(join(folder, 'key'));
  execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', '-n', user.name, `${key}.pub`]);
  const agent = await startAgent([key]);
  transport = testTransport({defaults: {authSock: agent.socket}});

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toContain(`the certificate ${key}-cert.pub`);
  expect(failure.message).toContain('a certificate in the agent');
  transport.close();
  await agent.stop();
});

test('a key with a cipher ssh2 cannot decrypt is named with the command that rewrites it', async () => {
  const chacha = await makeKey(join(folder, 'chacha'), {
    passphrase: 'open sesame',
    more: ['-Z', 'chacha20-poly1305@openssh.com'],
  });
  transport = testTransport({prompter: scriptedPrompter([])});

  const failure = expectFailure(await transport.connect(host({identityFiles: [chacha]}), connect));

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toContain(
    `${chacha} is a key encrypted with chacha20-poly1305@openssh.com`,
  );
  expect(failure.fix).toContain('ssh-add');
});

test.each(['rsa', 'ec', 'ed25519'] as const)(
  'a key in PKCS#8 form (%s) logs in, encrypted or not',
  async (type) => {
    const pair =
      type === 'rsa' ? {modulusLength: 2048} : type === 'ec' ? {namedCurve: 'P-256'} : {};
    const {privateKey} = generateKeyPairSync(type as 'rsa', pair as {modulusLength: number});
    const plain = join(folder, 'plain');
    const locked = join(folder, 'locked');
    const form = {type: 'pkcs8', format: 'pem'} as const;
    await writeFile(plain, privateKey.export(form), {mode: 0o600});
    const secret = {...form, cipher: 'aes-256-cbc', passphrase: 'open sesame'};
    await writeFile(locked, privateKey.export(secret), {mode: 0o600});
    const blob = openPrivateKey(plain, await readFile(plain, 'utf8')).publicKey;
    await writeFile(
      `${plain}.txt`,
      `${keyTypeOf(blob)} ${blob.toString('base64')} made by a test\n`,
    );
    await sshd.authorize(user.name, `${plain}.txt`);
    transport = testTransport({prompter: scriptedPrompter([[/^Passphrase of/, 'open sesame']])});

    expect(await authentication(host({identityFiles: [plain]}))).toContain(plain);
    expect(await authentication(host({identityFiles: [locked]}))).toContain(locked);
  },
);

test.each([['rsa-sha2-512'], ['rsa-sha2-256']])(
  'an RSA key logs in where only %s is accepted: a key file, and a key of the agent',
  async (algorithm) => {
    const server = await startSshd({config: [`PubkeyAcceptedAlgorithms ${algorithm},ssh-ed25519`]});
    const key = await makeKey(join(folder, 'key'), {type: 'rsa'});
    await server.authorize(user.name, `${key}.pub`);
    const agent = await startAgent([key]);
    const target = host({port: server.port});

    transport = testTransport();
    const byFile = await authentication({...target, identityFiles: [key]});
    transport.close();
    transport = testTransport({defaults: {authSock: agent.socket}});
    const byAgent = await authentication(target);
    await agent.stop();
    await server.stop();

    expect(byFile).toBe(`publickey ${algorithm} (${key})`);
    expect(byAgent).toContain(`publickey ${algorithm} (agent key`);
  },
);

test('a refused RSA key is told with both signatures that were tried', async () => {
  const key = await makeKey(join(folder, 'key'), {type: 'rsa'});
  transport = testTransport();

  const failure = expectFailure(await transport.connect(host({identityFiles: [key]}), connect));

  expect(failure.message).toContain(
    `tried publickey rsa-sha2-512 (${key}), publickey rsa-sha2-256 (${key})`,
  );
});

test('where nobody can be asked, what to do follows from what could not be asked', async () => {
  const server = await startSshd({config: ['AuthenticationMethods publickey,password']});
  const open = await makeKey(join(folder, 'open'));
  const locked = await makeKey(join(folder, 'locked'), {passphrase: 'open sesame'});
  await server.authorize(user.name, `${open}.pub`);
  await sshd.authorize(user.name, `${locked}.pub`);
  transport = testTransport();

  const second = expectFailure(
    await transport.connect(host({port: server.port, identityFiles: [open]}), connect),
  );
  const passphrase = expectFailure(
    await transport.connect(host({identityFiles: [locked]}), connect),
  );
  await server.stop();

  expect(second.message).toContain(
    `accepted publickey ssh-ed25519 (${open}), and the server wants a further step`,
  );
  expect(second.fix).toMatch(/^Run it from a terminal, where the second factor can be typed/);
  expect(passphrase.fix).toContain(`ssh-add ${locked}`);
  expect(second.fix + passphrase.fix).not.toContain('authorized_keys');
});

test('the line breaks of a prompt are line breaks, and nothing else of it reaches the terminal', () => {
  expect(shownPrompt('Duo login for op\r\n\r\n 1. Push\r\u001b[2J 2. Phone\nPasscode: ')).toBe(
    ['Duo login for op', '| ', '|  1. Push', String.raw`| \x1b[2J 2. Phone`, '| Passcode:'].join(
      '\n',
    ),
  );
  expect(shownPrompt('x\n'.repeat(500)).split('\n').length).toBeLessThan(40);
});

test('a password is asked for by user and host, and logs in', async () => {
  const prompter = scriptedPrompter([[/^Password of/, user.password]]);
  transport = testTransport({prompter});

  expect(await authentication()).toBe('password');

  expect(prompter.asked).toEqual([`Password of ${user.name} on fw1: `]);
});

test('keyboard-interactive logs in with the password of the same question', async () => {
  const prompter = scriptedPrompter([[/^Password of/, user.password]]);
  transport = testTransport({prompter});

  expect(await authentication(host({port: pam.port}))).toBe('keyboard-interactive');

  expect(prompter.asked).toEqual([`Password of ${user.name} on fw1: `]);
});

test('a wrong password may be typed again, and is not sent over another method', async () => {
  const prompter = scriptedPrompter([[/./, 'wrong']]);
  transport = testTransport({prompter});
  const before = pam.log().length;

  const failure = expectFailure(await transport.connect(host({port: pam.port}), connect));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain('tried keyboard-interactive');
  expect(prompter.asked).toHaveLength(3);
  const log = () => pam.log().slice(before);
  await until('sshd to note the end', () =>
    /(?:closed|reset|Disconnected).*\[preauth\]/.test(log()),
  );
  expect(log().match(/Failed \S+ for/g)).toEqual(
    Array(3).fill('Failed keyboard-interactive/pam for'),
  );
});

test('a login of two steps goes through both and says so', async () => {
  const key = await makeKey(join(folder, 'key'));
  await pam.authorize(strict.name, `${key}.pub`);
  transport = testTransport({prompter: scriptedPrompter([[/./, strict.password]])});

  expect(
    await authentication(host({port: pam.port, user: strict.name, identityFiles: [key]})),
  ).toBe(`publickey ssh-ed25519 (${key}) + password`);
});

test('a mistyped password may be typed again, three times at most', async () => {
  const typed = ['mistyped', user.password];
  const asked: string[] = [];
  const prompter = {
    ask: ({text}: {readonly text: string}) => {
      asked.push(text);
      return Promise.resolve(typed.shift());
    },
  };
  transport = testTransport({prompter});
  expect(await authentication(host())).toBe('password');
  expect(asked).toEqual([
    `Password of ${user.name} on fw1: `,
    `Wrong password. Password of ${user.name} on fw1: `,
  ]);
  transport.close();

  const stubborn = scriptedPrompter([[/./, 'mistyped']]);
  transport = testTransport({prompter: stubborn});
  const before = sshd.log().length;
  for (let i = 0; i < 2; i++)
    expect(expectFailure(await transport.connect(host(), connect)).kind).toBe('auth');

  expect(stubborn.asked).toHaveLength(3);
  expect(
    sshd
      .log()
      .slice(before)
      .match(/Failed password/g),
  ).toHaveLength(3);
});

test('the time a person takes to answer does not count', async () => {
  transport = testTransport({
    prompter: {
      ask: async () => {
        await new Promise((resolve) => setTimeout(resolve, 6_300));
        return user.password;
      },
    },
  });

  const session = expectOk(await transport.connect(host(), {...connect, authTimeoutMs: 6_000}));

  session.close();
});

test('an answer that is no longer good after a change of password is refused once more', async () => {
  const other = await createUser();
  transport = testTransport({prompter: scriptedPrompter([[/./, other.password]])});
  const target = host({user: other.name});
  expect(await authentication(target)).toBe('password');
  await setPassword(other.name, 'something else');

  const failure = expectFailure(await transport.connect(target, connect));
  await other.remove();

  expect(failure.kind).toBe('auth');
});

test('the secrets of a run are in no argument list and no file of its home', async () => {
  const prompter = scriptedPrompter([[/./, user.password]]);
  transport = testTransport({prompter});

  const {reply} = await runOn(
    transport,
    host(),
    "cat /proc/*/cmdline /proc/self/environ | tr '\\0' ' '\n",
    {
      connect,
    },
  );

  expect(reply.stdout.includes(user.password)).toBe(false);
  expect(await readFile(join(folder, 'known_hosts'), 'utf8')).not.toContain(user.password);
});

function wireString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
