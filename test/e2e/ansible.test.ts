import type {ChildProcess} from 'node:child_process';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {endProcesses} from '../../src/lab/end-processes.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import {fileNameFor} from '../../src/text/file-name.js';
import type {Sshd} from '../io/ssh/real-sshd.js';
import {startSshd} from '../io/ssh/real-sshd.js';
import {machineOf} from '../lab/practice-root.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab, until} from './change-lab.js';
import {MAIN} from './cli.js';

/**
 * The exported collection under Debian's ansible-core: practice hosts, one behind a real OpenSSH
 * server, one that is not there. Ansible is slow: one fleet has to do for all, and what is applied
 * is what the first test planned.
 */
let fleet: ChangeLab;
let sshd: Sshd;
let root: string;
let folder: string;

const PRACTICE = ['fw01', 'fw02', 'fw03', 'gone'];

beforeAll(async () => {
  fleet = await changeLab(
    [
      {name: 'fw01', scenario: 'pf-logger-at-boot'},
      {name: 'fw02', scenario: 'stalled-pflogd'},
      {name: 'fw03', scenario: 'pf-logger-at-boot'},
      {name: 'gone', scenario: 'refuses'},
    ],
    'zerocopy: off\n',
  );
  root = join(fleet.dir, 'real');
  const shared = join(fleet.dir, 'shared');
  hostTree(machineOf('pf-logger-at-boot'), {root, sharedDir: shared, password: 'x'});
  sshd = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root} LAB_UID=0 LAB_USER=root`]});
  const publicKey = join(fleet.dir, 'key.pub');
  writeFileSync(publicKey, execFileSync('ssh-keygen', ['-y', '-f', fleet.lab.identityPath]));
  await sshd.authorize('root', publicKey);
  folder = join(fleet.dir, 'ansible');
  mkdirSync(folder);
  writeInventories();
  writeFileSync(join(folder, 'ansible.cfg'), '[defaults]\n');
  writeFileSync(join(folder, 'zbufctl'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`, {
    mode: 0o755,
  });
  const out = join(folder, 'ansible_collections/zbufctl/freebsd');
  const exported = await fleet.run(
    ['export', 'ansible', '--out', out, ...zbufctlFlags(), '--batch', '50%'],
    {},
  );
  expect(exported.stderr).toMatch(/^Wrote \S+ \(\d+ files, \d+ KB\)\.\n$/);
});

afterAll(async () => {
  await sshd.stop();
  endProcesses(root);
  await fleet.stop();
});

const zbufctlFlags = (): readonly string[] => [
  '-i',
  join(folder, 'zbufctl.yaml'),
  '--policy',
  join(fleet.dir, 'policy.yaml'),
];

/** The same hosts for zbufctl and for Ansible; `real` comes first. */
function writeInventories(): void {
  const {identityPath, knownHostsPath, inventoryPath} = fleet.lab;
  const ports = new Map(
    [...readFileSync(inventoryPath, 'utf8').matchAll(/name: (\w+), address: \S+ port: (\d+)/g)].map(
      ([, name = '', port = '']) => [name, Number(port)],
    ),
  );
  const hosts: readonly (readonly [string, number])[] = [
    ['real', sshd.port],
    ...PRACTICE.map((name) => [name, ports.get(name) ?? 0] as const),
  ];
  writeFileSync(
    join(folder, 'zbufctl.yaml'),
    [
      'groups:',
      '  edge:',
      `    vars: {practice: yes, user: root, identityFile: ${identityPath}, knownHosts: ${join(folder, 'known_hosts')}}`,
      '    hosts:',
      ...hosts.map(([name, port]) => `      - {name: ${name}, address: 127.0.0.1, port: ${port}}`),
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'hosts.ini'),
    [
      ...hosts.map(([name, port]) => `${name} ansible_host=127.0.0.1 ansible_port=${port}`),
      '[all:vars]',
      'ansible_user=root',
      `ansible_ssh_private_key_file=${identityPath}`,
      `ansible_ssh_common_args='-F none -o UserKnownHostsFile=${join(folder, 'known_hosts')}'`,
      '',
    ].join('\n'),
  );
  cpSync(knownHostsPath, join(folder, 'known_hosts'));
}

interface Played {
  readonly code: number | null;
  readonly text: string;
  /** ok, changed and failed of a host in the last recap; undefined: it is not there. */
  recap(host: string): string | undefined;
}

/** ansible-playbook with these arguments, in a group of its own. */
function start(args: readonly string[]): ChildProcess {
  const variables = {
    zbufctl_program: join(folder, 'zbufctl'),
    zbufctl_inventory: [join(folder, 'zbufctl.yaml')],
    zbufctl_policy: join(fleet.dir, 'policy.yaml'),
    zbufctl_state_dir: fleet.state,
    zbufctl_timeout: 120,
  };
  return spawn(
    'ansible-playbook',
    ['-i', join(folder, 'hosts.ini'), '-e', JSON.stringify(variables), '-v', ...args],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        LC_ALL: 'C.UTF-8',
        ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_COLLECTIONS_PATH: folder,
        ANSIBLE_FORKS: '5',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
}

async function play(args: readonly string[]): Promise<Played> {
  const child = start(args);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    text,
    recap: (host) =>
      [...text.matchAll(/^(\w+) +: (ok=\d+ +changed=\d+) .*(failed=\d+)/gm)]
        .findLast(([, name]) => name === host)
        ?.slice(2)
        .join(' ')
        .replaceAll(/ +/g, ' '),
  };
}

const told = ({hosts}: AuditRun): readonly string[] =>
  hosts.map(({host, posture, findings, failure}) =>
    JSON.stringify({host, posture, findings, failed: failure?.kind}),
  );

test('audited by Ansible and ingested, or by zbufctl itself: the same findings, nothing changed', async () => {
  writeKnownHosts(await sshd.hostKey());
  const tables = [...['fw01', 'fw02', 'fw03'].map((name) => fleet.lab.host(name).root), root].map(
    (tree) => join(tree, '.lab'),
  );
  const kept = tables.map((table, at) => [table, join(fleet.dir, `kept-${at}`)] as const);
  for (const [table, copy] of kept) cpSync(table, copy, {recursive: true});
  const played = await play(['zbufctl.freebsd.plan']);
  // A host was not assessed: that is told at the end, when all is done.
  expect([played.code, played.recap('fw01')], played.text).toEqual([2, 'ok=1 changed=0 failed=0']);
  expect(played.text).toContain('gone was not reached: Failed to connect to the host via ssh');
  expect(readdirSync(join(folder, 'zbufctl-records')).sort()).toEqual([
    'fw01.txt',
    'fw02.txt',
    'fw03.txt',
    'gone.json',
    'real.txt',
  ]);
  const {stdout} = await fleet.run(['runs', 'show', 'latest', '--json']);
  const ingested = JSON.parse(stdout) as AuditRun;
  expect([ingested.origin, ingested.asked]).toEqual(['ingested', 'inventory']);

  for (const [table, copy] of kept) {
    rmSync(table, {recursive: true});
    cpSync(copy, table, {recursive: true});
  }
  const audited = await fleet.run(['audit', ...zbufctlFlags(), '--json', '--timeout', '120']);
  const audit = JSON.parse(audited.stdout) as AuditRun;
  expect(audit.totals).toEqual({'at-risk': 3, broken: 1, unreachable: 1});
  expect([...told(ingested)].sort()).toEqual([...told(audit)].sort());
});

test('--check --diff shows the steps of the plan; a host not reached stops the waves', async () => {
  fleet.lab.host('fw01').refuse();
  const played = await play(['zbufctl.freebsd.apply', '--check', '--diff', '--limit', '!gone']);
  expect(played.code, played.text).toBe(2);
  expect(played.recap('real')).toBe('ok=2 changed=1 failed=0');
  expect(played.text).toMatch(/^-net\.bpf\.zerocopy_enable=1\n\+net\.bpf\.zerocopy_enable=0$/m);
  // The second wave: one is not reached, the other is looked at. There is no third.
  expect(played.recap('fw01')).toBe('ok=1 changed=0 failed=1');
  expect(played.recap('fw02')).toBe('ok=1 changed=1 failed=0');
  expect(played.text).toMatch(/Connection refused/);
  expect(played.text).toContain('Not changed or not reached: fw01. No further host is changed.');
  expect(played.recap('fw03')).toBe('ok=0 changed=0 failed=1');
  expect(bootValueOf(root)).toBe('1');
});

test('apply changes a host behind a real sshd, over more than one connection; then nothing more', async () => {
  const logins = (): number => sshd.log().split('Accepted publickey').length - 1;
  const before = logins();
  const first = await play(['zbufctl.freebsd.apply', '--limit', 'real']);
  expect([first.code, first.recap('real')], first.text).toEqual([0, 'ok=2 changed=1 failed=0']);
  expect(bootValueOf(root)).toBe('0');
  expect(logins() - before).toBeGreaterThan(1);
  expect((await fleet.run(['runs', '--json'])).stdout).toMatch(/-apply-[0-9a-f]{4}"/);

  // A plan is used once; planned again there is nothing to do.
  const again = ['zbufctl.freebsd.plan', 'zbufctl.freebsd.apply', '--limit', 'real'];
  const second = await play(again);
  expect([second.code, second.recap('real')], second.text).toEqual([0, 'ok=7 changed=0 failed=0']);
});

test('when Ansible dies in the middle, the host undoes the change by itself', async () => {
  const {root: tree} = fleet.lab.host('fw03');
  const child = start([
    'zbufctl.freebsd.apply',
    ...['--limit', 'fw03', '-e', 'zbufctl_confirm_timeout=8'],
  ]);
  await until('the change', () => bootValueOf(tree) === '0');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await until('the undo', () => bootValueOf(tree) === '1');
});

test('monitor gives a state, and what cannot be asked is UNKNOWN', async () => {
  const played = await play(['zbufctl.freebsd.monitor', '--limit', 'fw02,fw03,gone']);
  expect(played.code).toBe(2);
  const states = [...played.text.matchAll(/^(?:ok|fatal): \[(\w+)\].*"state": "(\w+)"/gm)];
  expect(Object.fromEntries(states.map(([, host, state]) => [host, state])), played.text).toEqual({
    fw02: 'CRITICAL',
    fw03: 'WARNING',
    gone: 'UNKNOWN',
  });
});

function writeKnownHosts(key: string): void {
  const file = join(folder, 'known_hosts');
  writeFileSync(file, `${readFileSync(file, 'utf8')}[127.0.0.1]:${sshd.port} ${key}\n`);
}

/** The value the next boot of a practice host sets. */
const bootValueOf = (tree: string): string =>
  /^net\.bpf\.zerocopy_enable=(\d+)$/m.exec(
    readFileSync(join(tree, 'etc/sysctl.conf'), 'latin1'),
  )?.[1] ?? '?';

test('what an export did not write is not replaced, and nothing is half-written', async () => {
  const out = join(folder, 'ansible_collections/zbufctl/freebsd');
  const again = ['export', 'ansible', '--out', out, ...zbufctlFlags()];
  expect((await fleet.run(again)).code).toBe(0);
  const readme = join(out, 'README.md');
  writeFileSync(readme, 'mine\n');
  const refused = await fleet.run(again);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining('has files that zbufctl did not write so: README.md') as string,
  ]);
  expect(readFileSync(readme, 'utf8')).toBe('mine\n');
  expect(readdirSync(dirname(out))).toEqual(['freebsd']);
});

test('Python calls the file of a host as zbufctl does, whatever its name', () => {
  const names = [
    'fw01',
    'fw01.example.net',
    '.x',
    'fe80::1%em0',
    '',
    'ü/\u{1f525}',
    'a'.repeat(300),
  ];
  const script =
    'import json, sys; from records import file_name_for; ' +
    'print(json.dumps([file_name_for(name) for name in json.load(sys.stdin)]))';
  const said = execFileSync('python3', ['-c', script], {
    input: JSON.stringify(names),
    env: {
      PATH: process.env['PATH'],
      PYTHONPATH: 'templates/ansible/plugins/plugin_utils',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    encoding: 'utf8',
  });
  expect(JSON.parse(said)).toEqual(names.map(fileNameFor));
});
