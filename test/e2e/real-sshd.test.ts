import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {captureState} from '../lab/captured-state.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import type {Sshd} from '../io/ssh/real-sshd.js';
import {makeKey, startSshd, until} from '../io/ssh/real-sshd.js';

import type {Ran} from './cli.js';
import {documentOf, zbufctl, zbufctlAgain} from './cli.js';

/**
 * The whole path over a real OpenSSH server: the program, the inventory, known_hosts, a key file,
 * sshd, dash, the collector. Only the FreeBSD programs are the practice ones: sshd sets
 * ZBUFCTL_ROOT, as no host does.
 */
let dir: string;
let target: Sshd;
let bastion: Sshd;
let key: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  const root = join(dir, 'root');
  hostTree(captureState('15.1', 'pflogd-stalled-zerocopy', true), {
    root,
    sharedDir: join(dir, 'shared'),
    password: 'x',
  });
  key = join(dir, 'id_ed25519');
  await makeKey(key, {type: 'ed25519'});
  target = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root} LAB_UID=0`]});
  bastion = await startSshd();
  for (const server of [target, bastion]) await server.authorize('root', `${key}.pub`);
});

afterAll(async () => {
  await target.stop();
  await bastion.stop();
  rmSync(dir, {recursive: true, force: true});
});

/** An inventory of one host behind the target server, trusting what `knownHosts` says. */
function inventory(knownHosts: string, more = ''): string {
  const folder = mkdtempSync(join(dir, 'inventory-'));
  writeFileSync(join(folder, 'known_hosts'), knownHosts);
  writeFileSync(
    join(folder, 'zbufctl.yaml'),
    [
      'groups:',
      '  edge:',
      `    vars: {user: root, identityFile: ${key}, knownHosts: known_hosts}`,
      '    hosts:',
      `      - {name: fw01, address: 127.0.0.1, port: ${target.port}${more}}`,
      '  bastions:',
      `    vars: {user: root, identityFile: ${key}, knownHosts: known_hosts}`,
      `    hosts: [{name: bastion, address: 127.0.0.1, port: ${bastion.port}}]`,
      '',
    ].join('\n'),
  );
  return join(folder, 'zbufctl.yaml');
}

const line = (port: number, hostKey: string): string => `[127.0.0.1]:${port} ${hostKey}\n`;
const hostOf = (ran: Ran): AuditRun['hosts'][number] => {
  const [host] = (documentOf(ran) as AuditRun).hosts;
  if (host === undefined) throw new Error('no host');
  return host;
};

test('a stalled capture is found through a real sshd', async () => {
  const ran = await zbufctl([
    'audit',
    'fw01',
    '-i',
    inventory(line(target.port, await target.hostKey())),
    '--json',
  ]);

  expect(hostOf(ran).posture).toBe('broken');
  expect(ran.code).toBe(3);
});

test('through a jump host that is another real sshd, whose own key is checked, too', async () => {
  const both =
    line(target.port, await target.hostKey()) + line(bastion.port, await bastion.hostKey());
  const jump = ', proxyJump: bastion';

  const through = await zbufctlAgain(['audit', 'fw01', '-i', inventory(both, jump), '--json']);
  expect(hostOf(through).posture).toBe('broken');
  expect(bastion.log()).toContain('Accepted publickey for root');

  const stranger = await zbufctlAgain([
    'audit',
    'fw01',
    '-i',
    inventory(line(target.port, await target.hostKey()), jump),
    '--json',
  ]);
  expect(hostOf(stranger)).toMatchObject({posture: 'unreachable'});
  expect(stranger.code).toBe(4);
});

test('an unknown key is refused with its fingerprint; --accept-new adds it; then it is known', async () => {
  const file = inventory('');

  const refused = await zbufctlAgain(['audit', 'fw01', '-i', file, '--json']);
  expect(hostOf(refused).failure?.kind).toBe('host-key-unknown');
  expect(hostOf(refused).failure?.message).toMatch(/SHA256:/);
  expect(hostOf(refused).failure?.fix).toContain('--accept-new');

  const added = await zbufctlAgain(['audit', 'fw01', '-i', file, '--json', '--accept-new']);
  expect(hostOf(added).posture).toBe('broken');
  const known = await zbufctlAgain(['audit', 'fw01', '-i', file, '--json']);
  expect(hostOf(known).posture).toBe('broken');
});

test('a changed key is refused, even with --accept-new', async () => {
  const file = inventory(line(target.port, await bastion.hostKey()));
  const ran = await zbufctlAgain(['audit', 'fw01', '-i', file, '--json', '--accept-new']);

  expect(hostOf(ran).failure?.kind).toBe('host-key-changed');
  expect(ran.code).toBe(4);
});

test('a server that ends collect.sh in the middle gives no evidence and no verdict', async () => {
  // A forced command that sends half a stream: what a full disk or a killed shell looks like.
  const half = await startSshd();
  await half.authorize(
    'root',
    `${key}.pub`,
    `command="printf 'zbufctl-evidence 1\\n@ uid\\n|0\\n= 0\\n'"`,
  );
  try {
    const file = inventory(line(target.port, await target.hostKey()));
    appendFileSync(join(file, '..', 'known_hosts'), line(half.port, await half.hostKey()));
    const list = join(file, '..', 'hosts.yaml');
    writeFileSync(
      list,
      `hosts: [{name: half, address: 127.0.0.1, port: ${half.port}, user: root, identityFile: ${key}, knownHosts: known_hosts}]\n`,
    );
    const ran = await zbufctlAgain(['audit', '-i', list, '--json']);

    expect(hostOf(ran)).toMatchObject({
      posture: 'unknown',
      failure: {kind: 'cut'},
      findings: [],
    });
    expect(ran.code).toBe(4);
  } finally {
    await half.stop();
  }
});

test('the evidence is the same by the library and by ssh(1), but for how we got there', async () => {
  const file = inventory(line(target.port, await target.hostKey()));
  const evidence = async (transport: string): Promise<string> => {
    const {code, stdout} = await zbufctl(['collect', 'fw01', '-i', file, '--transport', transport]);
    expect(code).toBe(0);
    return stdout;
  };
  const [library, program] = [await evidence('ssh2'), await evidence('openssh')];
  const without = (text: string): string =>
    text
      .replace(/"connection":\s*\{[^}]*\}/, '"connection": {}')
      .replace(/"collectedAt":\s*"[^"]*"/, '"collectedAt": 0')
      // What goes on on the host meanwhile: its clock, and packets that are captured.
      .replace(/"(at|time)":\{"state":"read","value":\d+\}/g, '"$1": 0')
      .replace(/"(matched|received|storeLength)":\d+/g, '"$1": 0');

  expect(without(program)).toBe(without(library));
  expect(program).toContain('"connection"');
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'after %s no ssh(1) of ours is left, and no folder',
  async (signal) => {
    const slow = await startSshd({config: ['ForceCommand sleep 1000']});
    await slow.authorize('root', `${key}.pub`);
    const temporary = mkdtempSync('/tmp/zbt-');
    const file = inventory(line(slow.port, await slow.hostKey()));
    const yaml = readFileSync(file, 'utf8').replace(`port: ${target.port}`, `port: ${slow.port}`);
    writeFileSync(file, yaml);
    try {
      const ended = zbufctl(['audit', 'fw01', '-i', file, '--transport', 'openssh'], {
        env: {TMPDIR: temporary},
        onStart: (child) => {
          void until('the command to run', () => slow.log().includes('Starting session')).then(
            () => {
              child.kill(signal);
            },
          );
        },
      });
      await ended;

      await until('ssh to end', () => !isRunning(`\0${slow.port}\0`));
      await until('the folder to go', () => readdirSync(temporary).length === 0);
    } finally {
      await slow.stop();
      rmSync(temporary, {recursive: true, force: true});
    }
  },
);

/** Whether a process has the word in its command line. */
const isRunning = (word: string): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });

test('nothing is left in the home of whoever audits but the run', async () => {
  const home = mkdtempSync(join(dir, 'home-'));
  await zbufctl(['audit', 'fw01', '-i', inventory(line(target.port, await target.hostKey()))], {
    env: {HOME: home, XDG_STATE_HOME: join(home, '.local/state')},
  });

  expect(existsSync(join(home, '.ssh'))).toBe(false);
  expect(existsSync(join(home, '.local/state/zbufctl/runs'))).toBe(true);
});

/** Processes of the host: sshd gives each its root. */
const onHost = (): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(dir);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });

test.runIf(existsSync('/proc/self/environ'))(
  'a watch tells of the stall, and leaves nothing behind on the host when it is killed',
  async () => {
    let out = '';
    const where = inventory(line(target.port, await target.hostKey()));
    const {code} = await zbufctl(['watch', 'fw01', '-i', where, '--json', '--interval', '1'], {
      onStart: (watch) =>
        watch.stdout?.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          if (out.includes('"capture-stalled"')) watch.kill('SIGKILL');
        }),
    });
    expect(code).toBe(null);
    await until('nothing to run on the host', () => onHost().length === 0);
  },
);
