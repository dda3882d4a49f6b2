import {execFile, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {until} from './real-sshd.js';
import {freePort} from '../../../src/build/fleet/free-port.js';

const run = promisify(execFile);

const SBIN = '/usr/sbin';
const NEEDED = [`${SBIN}/krb5kdc`, `${SBIN}/kdb5_util`, `${SBIN}/kadmin.local`, '/usr/bin/kinit'];

/** What is missing for a Kerberos realm on this machine; absent: nothing. */
export const NO_KDC = NEEDED.every((path) => existsSync(path))
  ? undefined
  : 'needs the Debian packages krb5-kdc, krb5-admin-server and krb5-user';

const REALM = 'ZBUFCTL.TEST';

/** A Kerberos realm of a test: one user with a ticket, one host that takes it. */
export interface Kdc {
  /** For sshd: where its key is. For ssh: where the ticket is. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the KDC of MIT Kerberos, and gets a ticket for `user`. `host` as ssh(1) names it. */
export async function startKdc(user: string, host: string): Promise<Kdc> {
  const folder = await mkdtemp(join(tmpdir(), 'zbufctl-kdc-'));
  const at = (name: string): string => join(folder, name);
  const port = await freePort();
  await writeFile(
    at('krb5.conf'),
    `[libdefaults]
default_realm = ${REALM}
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
[realms]
${REALM} = {
kdc = 127.0.0.1:${port}
}
`,
  );
  await writeFile(
    at('kdc.conf'),
    `[kdcdefaults]
kdc_listen = 127.0.0.1:${port}
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
${REALM} = {
database_name = ${at('principal')}
key_stash_file = ${at('stash')}
}
`,
  );
  const environment = {
    KRB5_CONFIG: at('krb5.conf'),
    KRB5_KDC_PROFILE: at('kdc.conf'),
    KRB5_KTNAME: at('keytab'),
    KRB5CCNAME: `FILE:${at('ticket')}`,
  };
  const options = {env: {...process.env, ...environment}};
  await run(`${SBIN}/kdb5_util`, ['create', '-s', '-P', 'of the test'], options);
  for (const query of [
    `addprinc -randkey ${user}`,
    `addprinc -randkey host/${host}`,
    `ktadd -k ${at('keytab')} host/${host}`,
    `ktadd -k ${at('client')} ${user}`,
  ])
    await run(`${SBIN}/kadmin.local`, ['-q', query], options);
  const kdc = spawn(`${SBIN}/krb5kdc`, ['-n'], {...options, stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  kdc.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until('the KDC to give a ticket', async () => {
    if (kdc.exitCode !== null) throw new Error(`krb5kdc ended: ${said}`);
    return run('/usr/bin/kinit', ['-k', '-t', at('client'), user], options).then(
      () => true,
      () => false,
    );
  });
  return {
    environment,
    stop: async () => {
      const gone = new Promise((resolve) => kdc.once('exit', resolve));
      kdc.kill();
      await gone;
      await rm(folder, {recursive: true, force: true});
    },
  };
}
