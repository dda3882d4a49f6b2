import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, onTestFinished, test} from 'vitest';

import {createAutoTransport} from '../../../src/io/ssh/openssh/auto-transport.js';

import {CONNECT, expectFailure, expectOk, lonely, testHost, testTransport} from './client.js';
import {startSshd} from './real-sshd.js';

const skipped = existsSync('/usr/include/openssl/ec.h')
  ? ''
  : ' (skipped: needs the Debian package libssl-dev)';

/** A key whose private half only a provider of security keys can use: no hardware is there. */
test.skipIf(skipped !== '')(
  `a FIDO key: auto finds out that it is needed, and ssh(1) signs with it${skipped}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zbufctl-fido-'));
    onTestFinished(() => rm(folder, {recursive: true, force: true}));
    const provider = join(folder, 'provider.so');
    const source = join(import.meta.dirname, 'fido', 'provider.c');
    // EC_KEY and SHA256 are called old since OpenSSL 3, and are there.
    const how = ['-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', '-Wno-deprecated-declarations'];
    execFileSync('gcc', [...how, '-o', provider, source, '-lcrypto']);
    const key = join(folder, 'id_ecdsa_sk');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa-sk', '-N', '', '-w', provider, '-f', key]);
    const sshd = await startSshd();
    onTestFinished(() => sshd.stop());
    await sshd.authorize('root', `${key}.pub`);
    const knownHosts = join(folder, 'known_hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\n`);
    const host = testHost({
      port: sshd.port,
      user: 'root',
      identityFiles: [key],
      knownHosts: [knownHosts],
    });

    const library = testTransport();
    expect(expectFailure(await library.connect(host, CONNECT))).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(`${key} is a FIDO key`) as string,
    });
    library.close();

    const config = join(folder, 'config');
    await writeFile(config, `SecurityKeyProvider ${provider}\n`);
    const sshConfig = {mode: 'file', path: config} as const;
    const said: string[] = [];
    const auto = createAutoTransport(lonely({sshConfig, onWarning: (text) => said.push(text)}));
    const session = expectOk(await auto.connect(host, CONNECT));
    auto.close();
    expect(session.connection.authentication).toMatch(/^publickey ECDSA-SK /);
    expect(said).toEqual(['fw1: over OpenSSH, as it needs a FIDO key']);
  },
);
