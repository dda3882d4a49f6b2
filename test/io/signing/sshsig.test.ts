import {generateKeyPairSync} from 'node:crypto';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import fc from 'fast-check';
import ssh2 from 'ssh2';
import {afterAll, beforeAll, expect, test} from 'vitest';

import {parseAllowedSigners, principalsOf} from '../../../src/io/signing/allowed-signers.js';
import {findSigner} from '../../../src/io/signing/signers.js';
import {armor, dearmor, NAMESPACE} from '../../../src/io/signing/sshsig-format.js';
import {
  PassingMessage,
  privateKeySigner,
  signMessage,
  verifyMessage,
} from '../../../src/io/signing/sshsig.js';
import type {Prompter} from '../../../src/model/transport.js';
import {startAgent} from '../ssh/real-sshd.js';

const KEYS = [
  ['ed25519', ['-t', 'ed25519']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['rsa-pem', ['-t', 'rsa', '-b', '3072', '-m', 'PEM']],
  ['ecdsa-256', ['-t', 'ecdsa', '-b', '256']],
  ['ecdsa-384', ['-t', 'ecdsa', '-b', '384']],
  ['ecdsa-521', ['-t', 'ecdsa', '-b', '521']],
] as const;
const NAMES = KEYS.map(([name]) => name);

const message = Buffer.from('{"schema": "zbufctl.report/1"}\n\0\xff', 'latin1');
const nobody: Prompter = {ask: () => Promise.resolve(undefined)};
let dir: string;
const at = (name: string): string => join(dir, name);

function keygen(...args: string[]): void {
  execFileSync('ssh-keygen', ['-q', ...args], {stdio: 'pipe'});
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-sshsig-'));
  for (const [name, options] of KEYS) keygen(...options, '-N', '', '-C', '', '-f', at(name));
  keygen('-t', 'ed25519', '-N', 'open sesame', '-C', '', '-f', at('locked'));
  const lines = [...NAMES, 'locked'].map(
    (name) => `auditor ${readFileSync(at(`${name}.pub`), 'utf8').trim()}`,
  );
  writeFileSync(at('allowed'), `# who may sign\n${lines.join('\n')}\n`);
  writeFileSync(at('message'), message);
});
afterAll(() => {
  rmSync(dir, {recursive: true});
});

/** What OpenSSH itself makes of a signature. */
function opensshVerify(signature: string, over: Buffer, namespace: string = NAMESPACE) {
  writeFileSync(at('message.sig'), signature);
  const args = [
    '-Y',
    'verify',
    '-f',
    at('allowed'),
    '-I',
    'auditor',
    '-n',
    namespace,
    '-s',
    at('message.sig'),
  ];
  return spawnSync('ssh-keygen', args, {input: over, encoding: 'utf8'});
}

const sign = async (key: string, options = {}) =>
  signMessage(message, await findSigner({key, prompter: nobody, ...options}));

test.each(NAMES)('ssh-keygen verifies what a key file of type %s signed here', async (name) => {
  const signature = await sign(at(name));
  const good = opensshVerify(signature, message);
  expect([good.status, good.stdout]).toEqual([
    0,
    expect.stringContaining(`Good "${NAMESPACE}" signature for auditor`),
  ]);
  expect(opensshVerify(signature, Buffer.concat([message, Buffer.from(' ')])).status).not.toBe(0);
});

test.each(NAMES)(
  'a signature of type %s made by ssh-keygen is verified here, and a changed byte is noticed',
  (name) => {
    for (const hash of ['sha256', 'sha512']) {
      const made = spawnSync(
        'ssh-keygen',
        ['-Y', 'sign', '-f', at(name), '-n', NAMESPACE, '-O', `hashalg=${hash}`],
        {
          input: message,
          encoding: 'utf8',
        },
      );
      expect(made.status, made.stderr).toBe(0);
      const verified = verifyMessage(message, made.stdout);
      const printed = execFileSync('ssh-keygen', ['-l', '-f', at(`${name}.pub`)], {
        encoding: 'utf8',
      });
      expect(verified).toMatchObject({fingerprint: printed.split(' ')[1]});

      const changed = Buffer.from(message);
      changed.writeUInt8(changed.readUInt8(3) ^ 1, 3);
      expect(verifyMessage(changed, made.stdout)).toHaveProperty('problem');
    }
  },
);

test('our own signatures verify, many times over (r and s of every length), and are the same for Ed25519', async () => {
  for (let i = 0; i < 60; i += 1)
    expect(verifyMessage(message, await sign(at('ecdsa-256')))).toHaveProperty('fingerprint');
  expect(await sign(at('ed25519'))).toBe(await sign(at('ed25519')));
});

test('a signature for another purpose is refused', async () => {
  const signer = await findSigner({key: at('ed25519'), prompter: nobody});
  const other = await signMessage(message, signer, 'file');
  expect(verifyMessage(message, other)).toEqual({
    problem: 'it was made for "file", not for zbufctl-report',
  });
  expect(verifyMessage(message, other, 'file')).toHaveProperty('fingerprint');
});

test('changing any one byte of a signature is found', async () => {
  const parsed = dearmor(await sign(at('ed25519')));
  if ('problem' in parsed) throw new Error(parsed.problem);
  const blob = Buffer.from(armor(parsed).split('\n').slice(1, -2).join(''), 'base64');
  for (let i = 0; i < blob.length; i += 1) {
    const changed = Buffer.from(blob);
    changed.writeUInt8(changed.readUInt8(i) ^ 0x10, i);
    const text = `-----BEGIN SSH SIGNATURE-----\n${changed.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
    expect(verifyMessage(message, text), `byte ${i}`).toHaveProperty('problem');
  }
});

test('anything that is no signature is refused with a sentence, never with a throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.uint8Array({maxLength: 400})), (noise) => {
      const body = typeof noise === 'string' ? noise : Buffer.from(noise).toString('base64');
      const text = `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----`;
      expect(verifyMessage(message, text)).toHaveProperty('problem');
      expect(verifyMessage(message, body)).toHaveProperty('problem');
    }),
  );
  const sshsig = (rest: Buffer) => Buffer.concat([Buffer.from('SSHSIG'), rest]).toString('base64');
  const lengths = Buffer.from('00000001ffffffff00', 'hex');
  const text = `-----BEGIN SSH SIGNATURE-----\n${sshsig(lengths)}\n-----END SSH SIGNATURE-----`;
  expect(verifyMessage(message, text)).toEqual({problem: 'it ends too early'});
});

test('an old RSA signature with SHA-1 is refused', async () => {
  const parsed = dearmor(await sign(at('rsa')));
  if ('problem' in parsed) throw new Error(parsed.problem);
  expect(verifyMessage(message, armor({...parsed, algorithm: 'ssh-rsa'}))).toEqual({
    problem: 'a ssh-rsa key does not sign with "ssh-rsa"',
  });
});

test('an encrypted key asks for its passphrase; a wrong one, or nobody to ask, is told', async () => {
  const asked: string[] = [];
  const prompter = (answer: string | undefined): Prompter => ({
    ask: (question) => {
      asked.push(question.text);
      expect(question.echo).toBe(false);
      return Promise.resolve(answer);
    },
  });
  expect(
    opensshVerify(await sign(at('locked'), {prompter: prompter('open sesame')}), message).status,
  ).toBe(0);
  await expect(sign(at('locked'), {prompter: prompter('wrong')})).rejects.toThrow(
    'does not open with that passphrase',
  );
  await expect(sign(at('locked'), {prompter: prompter(undefined)})).rejects.toThrow(
    'nobody to ask',
  );
  expect(asked[0]).toContain(at('locked'));
});

test('a missing file, a file that is no key and a missing agent are told by name', async () => {
  await expect(sign(at('nothing'))).rejects.toThrow(at('nothing'));
  await expect(sign(at('message'))).rejects.toThrow('is not a key zbufctl can read');
  await expect(sign('agent')).rejects.toThrow('no ssh-agent');
  await expect(sign('agent', {agentSocket: at('no-socket')})).rejects.toThrow('does not answer');
});

/** Runs a real ssh-agent while `use` works with its socket. */
async function withAgent(use: (socket: string) => Promise<void>): Promise<void> {
  const agent = await startAgent([]);
  try {
    await use(agent.socket);
  } finally {
    await agent.stop();
  }
}

const addKey = (socket: string, name: string): void => {
  execFileSync('ssh-add', ['-q', at(name)], {
    env: {...process.env, SSH_AUTH_SOCK: socket},
    stdio: 'pipe',
  });
};

test('ssh-agent signs with any of its keys, chosen by the public key file', async () => {
  await withAgent(async (agentSocket) => {
    await expect(sign('agent', {agentSocket})).rejects.toThrow('no key that can sign');
    for (const name of NAMES) addKey(agentSocket, name);
    expect(opensshVerify(await sign('agent', {agentSocket}), message).status).toBe(0);
    for (const name of NAMES) {
      const signature = await sign(at(`${name}.pub`), {agentSocket});
      expect(opensshVerify(signature, message).status).toBe(0);
      expect(verifyMessage(message, signature)).toHaveProperty('fingerprint');
    }
    await expect(sign(at('locked.pub'), {agentSocket})).rejects.toThrow('not the key SHA256:');
  });
});

test('allowed signers say whose key it is, for what, and when', () => {
  const key = (name: string) => readFileSync(at(`${name}.pub`), 'utf8').trim();
  const wire = (name: string) => Buffer.from(key(name).split(' ')[1]!, 'base64');
  const {signers, problems} = parseAllowedSigners(
    [
      '# comment',
      '',
      `*@example.org,lead namespaces="zbufctl-report,file" ${key('ed25519')} work key`,
      `old namespaces="zbufctl-report",valid-before="20260101Z" ${key('rsa')}`,
      `git namespaces="git" ${key('ecdsa-256')}`,
      `ca cert-authority ${key('ecdsa-384')}`,
      `x strange=1 ${key('ecdsa-384')}`,
      `x namespaces="open ${key('ecdsa-384')}`,
      'nonsense',
    ].join('\r\n'),
  );
  expect(problems.map((p) => p.split(':')[0])).toEqual(['line 6', 'line 7', 'line 8', 'line 9']);
  const want = {namespace: NAMESPACE, at: Date.UTC(2026, 10, 24)};
  const who = (name: string, more = {}) =>
    principalsOf({signers, problems}, wire(name), {...want, ...more});
  expect(who('ed25519')).toEqual(['*@example.org', 'lead']);
  expect(who('ed25519', {identity: 'jane@example.org'})).toEqual(['*@example.org', 'lead']);
  expect(who('ed25519', {identity: 'jane@example.com'})).toHaveProperty('problem');
  expect(who('rsa')).toEqual({problem: 'the key is not valid at this time'});
  expect(who('rsa', {at: Date.UTC(2025, 10, 24)})).toEqual(['old']);
  expect(who('ecdsa-256')).toEqual({problem: 'the key is not allowed to sign for zbufctl-report'});
  expect(who('ecdsa-384')).toEqual({problem: 'the key is in no line of the allowed signers'});
});

test('OpenSSH reads the same allowed signers the same way', async () => {
  const key = readFileSync(at('ed25519.pub'), 'utf8').trim();
  const wire = Buffer.from(key.split(' ')[1]!, 'base64');
  const signature = await sign(at('ed25519'));
  writeFileSync(at('message.sig'), signature);
  const lines = [
    `auditor ${key}`,
    `au*,other namespaces="zbufctl-report" ${key}`,
    `auditor namespaces="git" ${key}`,
    `someone ${key}`,
    `auditor valid-before="20200101" ${key}`,
    `auditor valid-after="20200101",valid-before="20990101" ${key}`,
    `!auditor,* ${key}`,
    `*,!auditor ${key}`,
    `!nobody,* ${key}`,
    `!auditor ${key}`,
    `* namespaces="!zbufctl-report,*" ${key}`,
    `* namespaces="!git,*" ${key}`,
    `* valid-before="20261399" ${key}`,
    `* valid-before="209901012460" ${key}`,
    `* valid-before="20200101",valid-before="20990101" ${key}`,
    `* namespaces="git",namespaces="zbufctl-report" ${key}`,
    `* valid-after="20300101",valid-before="20250101" ${key}`,
    `* ssh-rsa ${key.split(' ')[1] ?? ''}`,
  ];
  for (const line of lines) {
    writeFileSync(at('one'), `${line}\n`);
    const args = [
      '-Y',
      'verify',
      '-f',
      at('one'),
      '-I',
      'auditor',
      '-n',
      NAMESPACE,
      '-s',
      at('message.sig'),
    ];
    const theirs = spawnSync('ssh-keygen', args, {input: message}).status === 0;
    const ours = principalsOf(parseAllowedSigners(line), wire, {
      namespace: NAMESPACE,
      at: Date.now(),
      identity: 'auditor',
    });
    expect([line, Array.isArray(ours)]).toEqual([line, theirs]);
  }
});

test('nothing is taken here that OpenSSH refuses, whatever stands in the line', async () => {
  const key = readFileSync(at('ed25519.pub'), 'utf8').trim();
  const wire = Buffer.from(key.split(' ')[1]!, 'base64');
  writeFileSync(at('message.sig'), await sign(at('ed25519')));
  const pattern = fc.constantFrom('auditor', '!auditor', '*', '!*', 'au*', '!other', 'other');
  const place = fc.constantFrom('zbufctl-report', '!zbufctl-report', '*', 'git', '!git', 'zbuf*');
  const day = fc.constantFrom(
    '20200101',
    '20990101',
    '20261301',
    '20260231',
    '20990101Z',
    '2099',
    '209901011299',
  );
  const option = fc.oneof(
    fc.array(place, {minLength: 1, maxLength: 3}).map((list) => `namespaces="${list.join(',')}"`),
    day.map((text) => `valid-before="${text}"`),
    day.map((text) => `valid-after="${text}"`),
  );
  const line = fc
    .tuple(fc.array(pattern, {minLength: 1, maxLength: 3}), fc.array(option, {maxLength: 3}))
    .map(([who, options]) => `${who.join(',')} ${options.join(',')} ${key}`);

  for (const text of fc.sample(line, {numRuns: 150, seed: 11})) {
    writeFileSync(at('one'), `${text}\n`);
    const args = [
      '-Y',
      'verify',
      '-f',
      at('one'),
      '-I',
      'auditor',
      '-n',
      NAMESPACE,
      '-s',
      at('message.sig'),
    ];
    const theirs = spawnSync('ssh-keygen', args, {input: message}).status === 0;
    const ours = principalsOf(parseAllowedSigners(text), wire, {
      namespace: NAMESPACE,
      at: Date.now(),
      identity: 'auditor',
    });
    if (!theirs) expect([text, Array.isArray(ours)]).toEqual([text, false]);
  }
});

test('bytes behind the signature inside the signature are refused, as ssh-keygen does', async () => {
  const parsed = dearmor(await sign(at('ed25519')));
  if ('problem' in parsed) throw new Error(parsed.problem);
  const blob = Buffer.from(armor(parsed).split('\n').slice(1, -2).join(''), 'base64');
  // The last string of the blob holds algorithm and signature: four more bytes in it, and its
  // length says so.
  const inner = blob.length - (4 + parsed.algorithm.length + 4 + parsed.signature.length);
  const longer = Buffer.concat([blob, Buffer.alloc(4)]);
  longer.writeUInt32BE(blob.length - inner + 4, inner - 4);
  const text = `-----BEGIN SSH SIGNATURE-----\n${longer.toString('base64')}\n-----END SSH SIGNATURE-----\n`;

  expect(opensshVerify(text, message).status).not.toBe(0);
  expect(verifyMessage(message, text)).toEqual({
    problem: 'something follows after the signature in it',
  });
});

test('a message that passes piece by piece is signed as the whole is', async () => {
  const signer = await findSigner({key: at('ed25519'), prompter: nobody});
  const text = 'a report, ß and \u{1f600}, in three pieces';
  const passing = new PassingMessage();
  for (const piece of [text.slice(0, 3), text.slice(3, 12), text.slice(12)]) passing.see(piece);
  // Ed25519 signs the same bytes the same way.
  const signature = await passing.signedBy(signer);
  expect(signature).toBe(await signMessage(Buffer.from(text), signer));
  expect(opensshVerify(signature, Buffer.from(text)).status).toBe(0);
});

test('an RSA key of less than 2048 bits neither signs nor verifies, and the reason is said', async () => {
  const {privateKey} = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    privateKeyEncoding: {type: 'pkcs1', format: 'pem'},
    publicKeyEncoding: {type: 'pkcs1', format: 'pem'},
  });
  writeFileSync(at('weak'), privateKey, {mode: 0o600});
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const reason = 'an RSA key of 1024 bits is too weak; 2048 are the least';

  await expect(sign(at('weak'))).rejects.toThrow(reason);
  const signature = await signMessage(message, privateKeySigner(key, 'weak'));
  expect(verifyMessage(message, signature)).toEqual({problem: reason});
});
