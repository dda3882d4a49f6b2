import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, onTestFinished, test, vi} from 'vitest';

import {createAutoTransport} from '../../../src/io/ssh/openssh/auto-transport.js';

import {
  CONNECT,
  expectFailure,
  expectOk,
  lonely,
  RUN,
  testHost,
  testOpenSsh,
  testTransport,
  text,
} from './client.js';
import {NO_KDC, startKdc} from './kdc.js';
import {createUser, startSshd} from './real-sshd.js';

const skipped = NO_KDC === undefined ? '' : ` (skipped: ${NO_KDC})`;

test.skipIf(skipped !== '')(
  `a Kerberos ticket logs in over OpenSSH, and auto finds that out${skipped}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zbufctl-gssapi-'));
    onTestFinished(() => rm(folder, {recursive: true, force: true}));
    const user = await createUser();
    onTestFinished(() => user.remove());
    const kdc = await startKdc(user.name, '127.0.0.1');
    onTestFinished(() => kdc.stop());
    for (const [name, value] of Object.entries(kdc.environment)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const sshd = await startSshd({
      config: ['GSSAPIAuthentication yes', 'GSSAPIStrictAcceptorCheck no'],
    });
    onTestFinished(() => sshd.stop());
    const knownHosts = join(folder, 'known_hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\n`);
    const config = join(folder, 'config');
    await writeFile(config, 'GSSAPIAuthentication yes\n');
    const sshConfig = {mode: 'file', path: config} as const;
    const host = testHost({port: sshd.port, user: user.name, knownHosts: [knownHosts]});

    const program = testOpenSsh({sshConfig});
    const session = expectOk(await program.connect(host, CONNECT));
    expect(session.connection.authentication).toBe('gssapi-with-mic');
    expect(text(expectOk(await session.run('id -un\n', RUN)).stdout)).toBe(`${user.name}\n`);
    program.close();

    const library = testTransport({sshConfig});
    const failure = expectFailure(await library.connect(host, CONNECT));
    expect(failure.kind).toBe('unsupported');
    expect(failure.message).toContain('; not usable: GSSAPI');
    expect(failure.fix).toContain('--transport auto');
    library.close();

    const said: string[] = [];
    const auto = createAutoTransport(lonely({sshConfig, onWarning: (text) => said.push(text)}));
    const other = expectOk(await auto.connect(host, CONNECT));
    expect(other.connection.authentication).toBe('gssapi-with-mic');
    expect(said).toEqual([`fw1: over OpenSSH, as ${failure.message}`]);
    auto.close();

    // Without a ticket ssh(1) says what the library says.
    vi.stubEnv('KRB5CCNAME', 'FILE:/nonexistent');
    const without = testOpenSsh({sshConfig});
    expect(expectFailure(await without.connect(host, CONNECT)).kind).toBe('auth');
    without.close();
  },
);
