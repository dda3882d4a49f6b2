import {createHmac, randomBytes} from 'node:crypto';

import fc from 'fast-check';
import {expect, test} from 'vitest';

import {
  hostKeyAlgorithms,
  judgeHostKey,
  knownNames,
} from '../../../src/io/ssh/trust/host-key-verdict.js';
import type {HostKeyVerdict} from '../../../src/io/ssh/trust/host-key-verdict.js';
import {KnownHostsIndex, parseKnownHosts} from '../../../src/io/ssh/trust/known-hosts.js';
import {often} from '../../tools/sampled.js';

const wire = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );

const KEY = wire('ssh-ed25519', Buffer.alloc(32, 1));
const OTHER = wire('ssh-ed25519', Buffer.alloc(32, 2));
const RSA = wire('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(256, 3));
const line = (names: string, key = KEY, type = 'ssh-ed25519') =>
  `${names} ${type} ${key.toString('base64')}`;

const judge = (
  text: string,
  host: string,
  port = 22,
  key = KEY,
  alias?: string,
): HostKeyVerdict['verdict'] =>
  judgeHostKey(
    [new KnownHostsIndex(parseKnownHosts(text, 'f').keys)],
    knownNames(host, port, alias),
    key,
  ).verdict;

const hashed = (name: string): string => {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest();
  return `|1|${salt.toString('base64')}|${hash.toString('base64')}`;
};

test.each([
  ['fw1', 'fw1', 22, 'trusted'],
  ['FW1.Example.NET', 'fw1.example.net', 22, 'trusted'],
  ['a,fw1,b', 'fw1', 22, 'trusted'],
  ['fw*', 'fw1.example.net', 22, 'trusted'],
  ['fw?', 'fw1', 22, 'trusted'],
  ['fw?', 'fw12', 22, 'unknown'],
  ['*', 'anything', 22, 'trusted'],
  ['*.net,!bad.net', 'good.net', 22, 'trusted'],
  ['*.net,!bad.net', 'bad.net', 22, 'unknown'],
  ['!fw1', 'fw2', 22, 'unknown'],
  ['!*', 'fw1', 22, 'unknown'],
  ['[fw1]:2222', 'fw1', 2222, 'trusted'],
  ['[fw1]:2222', 'fw1', 22, 'unknown'],
  ['[fw1]:*', 'fw1', 2222, 'trusted'],
  ['fw1', 'fw1', 2222, 'trusted'], // ssh(1) takes a matching key from the name without port
  ['[::1]:2222', '::1', 2222, 'trusted'],
  ['fe80::1%em0', 'fe80::1%em0', 22, 'trusted'],
  [hashed('fw1'), 'fw1', 22, 'trusted'],
  [hashed('fw1'), 'fw2', 22, 'unknown'],
  [hashed('[fw1]:2222'), 'fw1', 2222, 'trusted'],
  ['fw', 'fw1', 22, 'unknown'],
  ['fw11', 'fw1', 22, 'unknown'],
] as const)('the names %s make %s port %i %s', (names, host, port, verdict) => {
  expect(judge(line(names), host, port)).toBe(verdict);
});

test('a key under the name without port never raises an alarm for another port', () => {
  expect(judge(line('fw1', OTHER), 'fw1', 2222)).toBe('unknown');
  expect(judge(line('[fw1]:2222', OTHER), 'fw1', 2222)).toBe('changed');
});

test('an alias stands for name and port', () => {
  expect(judge(line('bastion'), '192.0.2.1', 2222, KEY, 'bastion')).toBe('trusted');
  expect(judge(line('[192.0.2.1]:2222'), '192.0.2.1', 2222, KEY, 'bastion')).toBe('unknown');
});

test('revoked wins over trusted, wherever the lines stand; another revoked key means nothing', () => {
  expect(judge(`${line('fw1')}\n@revoked ${line('*')}`, 'fw1')).toBe('revoked');
  expect(judge(`@revoked ${line('fw1')}\n${line('[fw1]:2222')}`, 'fw1', 2222)).toBe('revoked');
  expect(judge(`${line('fw1')}\n@revoked ${line('*', OTHER)}`, 'fw1')).toBe('trusted');
  expect(judge(`@revoked ${line('*', OTHER)}`, 'fw1')).toBe('unknown');
});

test('a certificate authority alone trusts no plain key', () => {
  expect(judge(`@cert-authority ${line('*')}`, 'fw1')).toBe('authority-only');
  expect(judge(`@cert-authority ${line('*', OTHER)}\n${line('fw1')}`, 'fw1')).toBe('trusted');
});

test('the same type with another key, and another type, are both changed', () => {
  expect(judge(line('fw1', OTHER), 'fw1')).toBe('changed');
  expect(judge(line('fw1', RSA, 'ssh-rsa'), 'fw1')).toBe('changed');
  expect(judge(`${line('fw1', OTHER)}\n${line('fw1')}`, 'fw1')).toBe('trusted');
});

test.each([
  ['@unknown-marker', `@trusted ${line('fw1')}`],
  ['too few fields', 'fw1 ssh-ed25519'],
  ['not base64', 'fw1 ssh-ed25519 !!!!'],
  ['another type than it says', line('fw1', RSA)],
  ['cut short', line('fw1', KEY.subarray(0, 30))],
  ['nothing but the type', line('fw1', wire('ssh-ed25519'))],
  ['a hash of the wrong length', line('|1|AAAA|AAAA')],
  ['an unknown hash form', line('|2|AAAA|AAAA')],
  ['SSH-1', 'fw1 1024 35 123456789'],
  ['no name at all', line(',')],
  ['UTF-16', Buffer.from(`${line('fw1')}\n`, 'utf16le').toString('latin1')],
])('a line that is wrong (%s) is a complaint with its number, and trusts nobody', (_what, text) => {
  const {keys, complaints} = parseKnownHosts(`# comment\n\n${text}\n`, '/etc/known');

  expect(keys).toEqual([]);
  expect(complaints[0]).toMatchObject({file: '/etc/known', line: 3});
  expect(judge(text, 'fw1')).toBe('unknown');
});

test('Windows line ends, tabs, comments after the key and a missing last newline are fine', () => {
  expect(judge(`${line('fw1')} me@desk\r\n`, 'fw1')).toBe('trusted');
  expect(judge(`  fw1\tssh-ed25519\t${KEY.toString('base64')}`, 'fw1')).toBe('trusted');
});

test('a line that is added counts for names that were looked up before', () => {
  const index = new KnownHostsIndex([]);
  const names = knownNames('fw1', 22, undefined);
  expect(judgeHostKey([index], names, KEY).verdict).toBe('unknown');

  for (const key of parseKnownHosts(line(hashed('fw1')), 'f').keys) index.add(key);

  expect(judgeHostKey([index], names, KEY).verdict).toBe('trusted');
  expect(judgeHostKey([index], names, OTHER).verdict).toBe('changed');
});

test('the algorithms of known keys come first, RSA only with SHA-2, and nothing else is offered', () => {
  const index = new KnownHostsIndex(parseKnownHosts(line('fw1', RSA, 'ssh-rsa'), 'f').keys);

  expect(hostKeyAlgorithms([index], knownNames('fw1', 22, undefined)).slice(0, 3)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
  ]);
  expect(hostKeyAlgorithms([index], knownNames('fw1', 2222, undefined))[0]).toBe('rsa-sha2-512');
  const unknown = hostKeyAlgorithms([index], knownNames('fw2', 22, undefined));
  expect(unknown[0]).toBe('ssh-ed25519');
  expect(unknown).not.toContain('ssh-rsa');
  expect(unknown).not.toContain('ssh-dss');
});

test('garbage never throws and never trusts a key that does not stand in it', () => {
  const scrap = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.constantFrom(
      'fw1',
      '*',
      '!*',
      '|1|',
      '@revoked',
      '@cert-authority',
      'ssh-ed25519',
      ' ',
      '\t',
      '#',
      ',',
    ),
    fc.constant(OTHER.toString('base64')),
    fc.constant(line('fw1', OTHER)),
    fc.base64String(),
  );
  fc.assert(
    fc.property(fc.array(fc.array(scrap).map((parts) => parts.join(' '))), (lines) => {
      const text = lines.join('\n');
      expect(judge(text, 'fw1')).not.toBe('trusted');
      expect(judge(text, 'fw1', 2222)).not.toBe('trusted');
    }),
    {numRuns: often(500)},
  );
});

test('one damaged byte in a line never makes it trust another host or key', () => {
  const good = line('fw1.example.net');
  fc.assert(
    fc.property(
      fc.nat({max: good.length - 1}),
      fc.string({minLength: 1, maxLength: 1}),
      (at, letter) => {
        const damaged = good.slice(0, at) + letter + good.slice(at + 1);
        expect(judge(damaged, 'fw1.example.net', 22, OTHER)).not.toBe('trusted');
        if (!/[*?]/.test(letter)) expect(judge(damaged, 'fw2.example.org')).not.toBe('trusted');
      },
    ),
  );
});

test('patterns that a careless matcher would need ages for are quick', () => {
  const begun = performance.now();

  expect(judge(line(`${'*a'.repeat(200)}b`), 'a'.repeat(2_000))).toBe('unknown');

  expect(performance.now() - begun).toBeLessThan(2_000);
});
