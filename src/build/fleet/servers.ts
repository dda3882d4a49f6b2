import type {ChildProcess} from 'node:child_process';
import {spawn, spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {freePort} from './free-port.js';

/** Addresses one sshd listens on at most (sshd.c, MAX_LISTEN_SOCKS, reading). */
const ADDRESSES = 16;
/** Addresses of the last octet. */
const MOST = 254;
const PATIENCE_MS = 20_000;
/** What sshd has where nobody chose. */
const HOST_KEYS = [
  ['host-rsa', 'rsa'],
  ['host-ecdsa', 'ecdsa'],
  ['host-ed25519', 'ed25519'],
] as const;

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Real OpenSSH servers on loopback, one address a host. */
export interface Servers {
  readonly hosts: readonly {readonly name: string; readonly address: string}[];
  readonly port: number;
  readonly user: string;
  /** For ssh(1) and what calls it. */
  readonly sshConfig: string;
  readonly knownHosts: string;
  /** Private key that gives a shell. */
  readonly key: string;
  /** Private key whose every command prints what is in `answer`. */
  readonly replayKey: string;
  readonly answer: string;
  stop(): void;
}

/** Runs a program of this machine; throws with what it said. */
export function run(program: string, ...args: readonly string[]): string {
  const {status, stdout, stderr, error} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/**
 * Starts them, with a user who has an empty profile and /bin/sh: what a login shell reads would be
 * measured, too. Needs root.
 *
 * @param lab the folder of a practice fleet: every host is a copy of its first
 */
export async function startServers(count: number, dir: string, lab: string): Promise<Servers> {
  if (SSHD === undefined) throw new Error('there is no sshd on this machine: run test/setup.sh');
  if (process.getuid?.() !== 0) throw new Error('needs root: sshd must become another user');
  if (count > MOST) throw new Error(`at most ${MOST} hosts: 127.0.1.1 to 127.0.1.${MOST}`);
  const file = (name: string): string => join(dir, name);
  // sshd and the user look at files in it.
  chmodSync(dir, 0o755);
  mkdirSync('/run/sshd', {recursive: true});
  const user = `zbbench${process.pid}`;
  const home = file('home');
  // An account locked with ! is refused (auth.c, reading); * only has no password.
  run('useradd', '-m', '-k', '/dev/null', '-d', home, '-s', '/bin/sh', '-p', '*', user);

  const answer = file('answer');
  for (const [key, type] of [...HOST_KEYS, ['key', 'ed25519'], ['replay-key', 'ed25519']] as const)
    run('ssh-keygen', '-q', '-t', type, '-N', '', '-C', 'bench', '-f', file(key));
  const publicKey = (key: string): string => readFileSync(file(`${key}.pub`), 'utf8');
  writeFileSync(
    file('authorized'),
    `${publicKey('key')}command="cat >/dev/null; exec cat ${answer}" ${publicKey('replay-key')}`,
  );
  const port = await freePort();
  const hosts = Array.from({length: count}, (_, i) => ({
    name: `bench${String(i + 1).padStart(3, '0')}`,
    address: `127.0.1.${i + 1}`,
  }));
  // Two who collect from one host at a time would disturb each other: its kernel is files.
  mkdirSync(file('roots'));
  for (const {name} of hosts) run('cp', '-a', join(lab, 'hosts/fw01'), join(dir, 'roots', name));
  // The collector believes in a practice root only if it is its own user's.
  run('chown', '-R', user, file('roots'), lab);

  const [type, base64] = publicKey('host-ed25519').split(' ');
  writeFileSync(file('known_hosts'), `[127.0.1.*]:${port} ${type} ${base64}\n`);
  writeFileSync(file('ssh_config'), sshConfig(hosts, {port, user, dir}));

  const children: ChildProcess[] = [];
  for (let i = 0; i < count; i += ADDRESSES) {
    const config = file(`sshd_config_${i}`);
    writeFileSync(config, sshdConfig(hosts.slice(i, i + ADDRESSES), {port, dir}));
    children.push(
      spawn(SSHD, ['-D', '-E', file(`sshd_${i}.log`), '-f', config], {stdio: 'ignore'}),
    );
  }
  const servers: Servers = {
    hosts,
    port,
    user,
    answer,
    sshConfig: file('ssh_config'),
    knownHosts: file('known_hosts'),
    key: file('key'),
    replayKey: file('replay-key'),
    stop: () => {
      for (const child of children) child.kill();
      spawnSync('userdel', ['-f', user]);
    },
  };
  try {
    const end = performance.now() + PATIENCE_MS;
    for (let i = 0; i < count; i += ADDRESSES)
      while (!listens(file(`sshd_${i}.log`))) {
        if (performance.now() > end) throw new Error(`sshd did not start: ${dir}/sshd_${i}.log`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
  } catch (error) {
    servers.stop();
    throw error;
  }
  return servers;
}

/** Every host asks like any other: what callers are held back with is off. */
const sshdConfig = (
  hosts: Servers['hosts'],
  {port, dir}: {readonly port: number; readonly dir: string},
): string =>
  [
    `Port ${port}`,
    ...hosts.map(({address}) => `ListenAddress ${address}`),
    ...HOST_KEYS.map(([key]) => `HostKey ${dir}/${key}`),
    `AuthorizedKeysFile ${dir}/authorized`,
    'MaxStartups 1000',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PidFile none',
    'Subsystem sftp internal-sftp',
    // Last: a Match counts until the next.
    ...hosts.flatMap(({name, address}) => [
      `Match LocalAddress ${address}`,
      `  SetEnv ZBUFCTL_ROOT=${dir}/roots/${name} LAB_UID=0`,
    ]),
    '',
  ].join('\n');

const sshConfig = (
  hosts: Servers['hosts'],
  {port, user, dir}: {readonly port: number; readonly user: string; readonly dir: string},
): string =>
  [
    ...hosts.flatMap(({name, address}) => [`Host ${name}`, `  HostName ${address}`]),
    'Host *',
    `  Port ${port}`,
    `  User ${user}`,
    `  IdentityFile ${dir}/key`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${dir}/known_hosts`,
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n');

const listens = (log: string): boolean =>
  existsSync(log) && readFileSync(log, 'utf8').includes('Server listening on');
