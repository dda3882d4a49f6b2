import {execFile, spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {freePort} from '../../../src/build/fleet/free-port.js';

const run = promisify(execFile);

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** A real OpenSSH server on a loopback port, with its own configuration and host keys. */
export interface Sshd {
  readonly port: number;
  /** Where its files are; gone after stop(). */
  readonly folder: string;
  /** Everything it has logged so far (LogLevel VERBOSE). */
  log(): string;
  /** `type base64` of a host key, as in known_hosts. */
  hostKey(type?: KeyType): Promise<string>;
  /** Lets a public key in as a user. */
  authorize(user: string, publicKeyFile: string, options?: string): Promise<void>;
  /** Ends it and every connection it has. */
  stop(): Promise<void>;
}

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa';

/**
 * Starts a server and waits until it listens. Fails, and says what to do, on a machine that has
 * none: no test may pass because nothing was tested.
 */
export async function startSshd(
  options: {readonly hostKeys?: readonly KeyType[]; readonly config?: readonly string[]} = {},
): Promise<Sshd> {
  if (SSHD === undefined)
    throw new Error('There is no sshd on this machine: run test/setup.sh first.');
  if (process.getuid?.() !== 0)
    throw new Error('These tests need root: sshd must become the users it lets in.');
  const folder = await mkdtemp(join(tmpdir(), 'zbufctl-sshd-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'authorized'));
  await mkdir('/run/sshd', {recursive: true});
  const types = options.hostKeys ?? ['ed25519'];
  for (const type of types) await makeKey(join(folder, `host_${type}`), {type});

  const port = await freePort();
  await writeFile(
    join(folder, 'sshd_config'),
    [
      // Of MaxStartups the last value counts (servconf.c, reading).
      'MaxStartups 200',
      // The first value counts in sshd_config, so a test's own come first.
      ...(options.config ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...types.map((type) => `HostKey ${folder}/host_${type}`),
      `AuthorizedKeysFile ${folder}/authorized/%u`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PidFile none',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  const child = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await until(`sshd on port ${port} to listen`, () => {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${log}`);
    return log.includes('Server listening on');
  });
  return {
    port,
    folder,
    log: () => log,
    hostKey: async (type = 'ed25519') => {
      const [name, key] = (await readFile(join(folder, `host_${type}.pub`), 'utf8')).split(' ');
      return `${name ?? ''} ${key ?? ''}`;
    },
    authorize: async (user, publicKeyFile, restrictions) => {
      const line = await readFile(publicKeyFile, 'utf8');
      const file = join(folder, 'authorized', user);
      await appendFile(file, restrictions === undefined ? line : `${restrictions} ${line}`);
      await chmod(file, 0o644);
    },
    stop: async () => {
      await ended(child);
      await rm(folder, {recursive: true, force: true});
    },
  };
}

/** Ends a server, and the processes it has started to serve its connections. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  // Not `close`: that waits for the stderr of every connection.
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const serving = await childrenOf(child.pid);
  child.kill();
  await gone;
  for (const pid of serving) {
    try {
      process.kill(pid);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Also works where there is no /proc. */
export async function childrenOf(parent: number): Promise<number[]> {
  const {stdout} = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid]) => pid ?? 0);
}

/** Whether a process, or with a minus a process group, is there. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Makes a key pair with ssh-keygen: `path` and `path.pub`. */
export async function makeKey(
  path: string,
  options: {
    readonly type?: KeyType;
    readonly passphrase?: string;
    readonly comment?: string;
    /** Further options of ssh-keygen, e.g. ['-m', 'PEM']. */
    readonly more?: readonly string[];
  } = {},
): Promise<string> {
  const {type = 'ed25519', passphrase = '', comment = 'made by a test', more = []} = options;
  // The rounds of a passphrase are there to cost time, and so are long primes: of keygen's options
  // the last counts.
  const cheap = [
    ...(passphrase === '' ? [] : ['-a', '1']),
    ...(type === 'rsa' ? ['-b', '2048'] : []),
  ];
  const how = ['-q', '-t', type, '-N', passphrase, '-C', comment, '-f', path, ...cheap, ...more];
  await run('ssh-keygen', how);
  return path;
}

/** A real ssh-agent with the given keys. */
export interface Agent {
  readonly socket: string;
  stop(): Promise<void>;
}

export async function startAgent(keys: readonly string[]): Promise<Agent> {
  const folder = await mkdtemp(join(tmpdir(), 'zbufctl-agent-'));
  const socket = join(folder, 'agent');
  const child = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'inherit']});
  // It prints its variables when it listens; the socket is there a moment before that.
  await once(child.stdout, 'data');
  for (const key of keys)
    await run('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}});
  return {
    socket,
    stop: async () => {
      await ended(child);
      await rm(folder, {recursive: true, force: true});
    },
  };
}

/** A user of this machine, for as long as the test needs one. */
export interface TemporaryUser {
  readonly name: string;
  readonly password: string;
  readonly home: string;
  remove(): Promise<void>;
}

/** @param rights lines for sudoers and doas.conf; `USER` in them stands for the user's name */
export async function createUser(
  options: {readonly shell?: string; readonly sudoers?: string; readonly doas?: string} = {},
): Promise<TemporaryUser> {
  const {shell = '/bin/sh', sudoers, doas} = options;
  const name = `zbt${randomBytes(4).toString('hex')}`;
  const password = `${randomBytes(6).toString('hex')} $x'"\\`;
  const home = await mkdtemp(join(tmpdir(), 'zbufctl-home-'));
  await locked('useradd', ['-M', '-d', home, '-s', shell, name]);
  await run('chown', [name, home]);
  await setPassword(name, password);
  const sudoersFile = `/etc/sudoers.d/${name}`;
  if (sudoers !== undefined)
    await writeFile(sudoersFile, `${sudoers.replaceAll('USER', name)}\n`, {mode: 0o440});
  if (doas !== undefined) await addDoasRule(doas.replaceAll('USER', name));
  return {
    name,
    password,
    home,
    remove: async () => {
      if (sudoers !== undefined) await rm(sudoersFile, {force: true});
      if (doas !== undefined) await dropDoasRules(name);
      await locked('userdel', ['-f', name]);
      await rm(home, {recursive: true, force: true});
    },
  };
}

/** Sets a password; chpasswd(8) reads it from stdin. */
export async function setPassword(user: string, password: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn('chpasswd', [], {stdio: ['pipe', 'ignore', 'inherit']});
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`chpasswd: ${code ?? 'killed'}`));
    });
    child.stdin.end(`${user}:${password}\n`);
  });
}

/** root's entry of the password database, put back as it was by restore(). */
export async function withRootPassword(password: string): Promise<{restore(): Promise<void>}> {
  const {stdout} = await run('getent', ['shadow', 'root']);
  const before = stdout.split(':')[1] ?? '*';
  await setPassword('root', password);
  return {
    restore: async () => {
      await locked('usermod', ['-p', before, 'root']);
    },
  };
}

const DOAS_CONF = '/etc/doas.conf';

async function addDoasRule(rule: string): Promise<void> {
  const before = await readFile(DOAS_CONF, 'utf8').catch(() => '');
  await writeFile(DOAS_CONF, `${before}${rule}\n`, {mode: 0o600});
}

async function dropDoasRules(user: string): Promise<void> {
  const before = await readFile(DOAS_CONF, 'utf8').catch(() => '');
  const left = before.split('\n').filter((line) => !line.includes(user));
  if (left.join('').trim() === '') await rm(DOAS_CONF, {force: true});
  else await writeFile(DOAS_CONF, left.join('\n'), {mode: 0o600});
}

/** useradd and userdel refuse while another of them holds the lock of /etc/passwd. */
async function locked(program: string, args: readonly string[]): Promise<void> {
  for (;;) {
    try {
      await run(program, [...args]);
      return;
    } catch (error) {
      if (!/cannot lock|try again/.test(String(error))) throw error;
    }
  }
}

/** Looks again and again until something holds; fails with its name when it never does. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
