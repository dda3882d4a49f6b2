import {execFileSync} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import type {KeyObject} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import ssh2 from 'ssh2';
import {expect, test, vi} from 'vitest';

import {fingerprint, knownHostsLine, makeKeyPair} from '../../src/lab/keys.js';

test('every key made is one ssh2 can read, sign and verify with', () => {
  // ssh2's own generator fails once in some hundred keys, so a few would prove nothing.
  for (let i = 0; i < 1500; i += 1) {
    const pair = makeKeyPair();
    const secret = ssh2.utils.parseKey(pair.privateKey);
    const open = ssh2.utils.parseKey(pair.publicKey);
    if (secret instanceof Error || open instanceof Error)
      throw new Error(`key ${i} cannot be read`);
    if (i % 100 === 0) expect(open.verify('data', secret.sign('data'))).toBe(true);
  }
});

test('no key is exported after it was made: Node 20 waits for ever in some of these exports', () => {
  // In one of some ten thousand, when garbage is collected in the middle of it: CI hung here once.
  const {privateKey, publicKey} = generateKeyPairSync('ed25519');
  const exports = [privateKey, publicKey].map((key) =>
    vi.spyOn(Object.getPrototypeOf(key) as KeyObject, 'export'),
  );
  try {
    makeKeyPair();
    for (const spy of exports) expect(spy).not.toHaveBeenCalled();
    privateKey.export({format: 'jwk'});
    expect(exports[0]).toHaveBeenCalledOnce();
  } finally {
    vi.restoreAllMocks();
  }
});

test('OpenSSH reads a key, agrees on its public half, and finds its known_hosts line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-keys-'));
  try {
    const pair = makeKeyPair();
    const file = join(folder, 'id');
    writeFileSync(file, pair.privateKey, {mode: 0o600});
    const known = join(folder, 'known_hosts');
    writeFileSync(known, knownHostsLine('127.0.0.1', 2222, pair.publicKey));
    const keygen = (...args: string[]): string =>
      execFileSync('ssh-keygen', args, {encoding: 'utf8'});

    expect(keygen('-y', '-f', file).trim()).toContain(pair.publicKey);
    expect(keygen('-l', '-f', file)).toContain(fingerprint(pair.publicKey));
    expect(keygen('-F', '[127.0.0.1]:2222', '-f', known)).toContain(pair.publicKey);
  } finally {
    rmSync(folder, {recursive: true});
  }
});
