import type {ChildProcess} from 'node:child_process';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect} from 'vitest';

import {endProcesses} from '../../src/lab/end-processes.js';
import {hostTree} from '../../src/lab/host-tree.js';
import {openPamSu} from '../io/ssh/openpam-su.js';
import type {Sshd} from '../io/ssh/real-sshd.js';
import {createUser, startSshd} from '../io/ssh/real-sshd.js';
import {machineOf} from '../lab/practice-root.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {MAIN} from './cli.js';

/**
 * Hosts in the order of the inventory. Behind an OpenSSH server are `real`, and `asks`, where a
 * plain user logs in and su asks for a password as FreeBSD's does.
 */
export const HOSTS = ['real', 'fw01', 'fw02', 'fw03', 'gone', 'evil', 'asks', 'hangs'] as const;

/**
 * The exported collection under Debian's ansible-core, set up as AWX does it: a project folder that
 * nothing is written to, with the collection from a requirements file and a script for inventory;
 * the key is in an ssh-agent that lives as long as the play.
 */
export interface AnsibleScene {
  readonly fleet: ChangeLab;
  readonly sshd: Sshd;
  /** The tree of `real`. */
  readonly root: string;
  readonly project: string;
  /** Where records and plans are written. */
  readonly work: string;
  /** The folder that was exported. */
  readonly collection: string;
  readonly zbufctlFlags: readonly string[];
  /** What su asks for at `asks`. */
  readonly password: string;
  play(args: readonly string[], more?: PlayOptions): Promise<Played>;
  /** In a group of its own. */
  start(args: readonly string[], more?: PlayOptions): ChildProcess;
  stop(): Promise<void>;
}

interface PlayOptions {
  /** Which part of the inventory, as AWX slices a job. */
  readonly slice?: '1' | '2';
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface Played {
  readonly code: number | null;
  readonly text: string;
  /** ok, changed and failed of a host in the last recap; undefined: it is not there. */
  recap(host: string): string | undefined;
}

export async function ansibleScene(): Promise<AnsibleScene> {
  const fleet = await changeLab(
    [
      {name: 'fw01', scenario: 'pf-logger-at-boot'},
      {name: 'fw02', scenario: 'stalled-pflogd'},
      {name: 'fw03', scenario: 'pf-logger-at-boot'},
      {name: 'gone', scenario: 'refuses'},
      {name: 'evil', scenario: 'hostile'},
      {name: 'hangs', scenario: 'healthy'},
    ],
    'zerocopy: off\n',
  );
  // Whatever is started there never begins.
  fleet.lab.host('hangs').faults.execDelayMs = 1e9;
  const root = join(fleet.dir, 'real');
  const asked = join(fleet.dir, 'asks');
  const tree = {sharedDir: join(fleet.dir, 'shared'), password: 'x'};
  hostTree(machineOf('stalled-pflogd'), {root, ...tree});
  hostTree(machineOf('healthy'), {root: asked, ...tree});
  const sshd = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root} LAB_UID=0 LAB_USER=root`]});
  const publicKey = join(fleet.dir, 'key.pub');
  writeFileSync(publicKey, execFileSync('ssh-keygen', ['-y', '-f', fleet.lab.identityPath]));
  const user = await createUser();
  for (const name of ['root', user.name]) await sshd.authorize(name, publicKey);
  const su = join(sshd.folder, 'su');
  const shell = join(fleet.dir, 'root-shell');
  const words = `#!/bin/sh\nZBUFCTL_ROOT=${asked} exec /bin/sh "$@"\n`;
  writeFileSync(shell, words, {mode: 0o755});
  await openPamSu(su, user.password, shell);

  const project = join(fleet.dir, 'project');
  const work = join(fleet.dir, 'work');
  for (const folder of ['collections', 'inventory'])
    mkdirSync(join(project, folder), {recursive: true});
  mkdirSync(work);
  const knownHosts = join(project, 'known_hosts');
  cpSync(fleet.lab.knownHostsPath, knownHosts);
  writeFileSync(knownHosts, `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\n`, {flag: 'a'});
  const ports = new Map(fleet.lab.hosts.map(({name, port}) => [name, port]));
  const port = (name: string): number => ports.get(name) ?? sshd.port;
  const flags = ['-i', join(project, 'zbufctl.yaml'), '--policy', join(fleet.dir, 'policy.yaml')];
  writeFileSync(join(project, 'zbufctl.yaml'), zbufctlInventory(fleet, port, knownHosts));
  writeAnsibleInventory(join(project, 'inventory'), port, knownHosts, {
    ansible_user: user.name,
    ansible_become: true,
    ansible_become_method: 'su',
    ansible_become_exe: join(su, 'bin/su'),
    ansible_become_password: user.password,
  });
  // Says what it was started with: no password may be there.
  const program = join(work, 'zbufctl');
  writeFileSync(
    program,
    `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >>${work}/started\nexec ${process.execPath} ${MAIN} "$@"\n`,
    {mode: 0o755},
  );

  const collection = join(fleet.dir, 'exported/ansible_collections/zbufctl/freebsd');
  const exported = await fleet.run(
    ['export', 'ansible', '--out', collection, ...flags, '--batch', '50%'],
    {},
  );
  expect(exported.stderr).toMatch(/^Wrote \S+ \(\d+ files, \d+ KB\)\.\n$/);
  // A thousand looks a second for a worker's answer took half the CPU of a play.
  const config = join(fleet.dir, 'ansible.cfg');
  writeFileSync(config, '[defaults]\ninternal_poll_interval = 0.05\n');
  const environment = {
    PATH: process.env['PATH'],
    HOME: work,
    ANSIBLE_CONFIG: config,
    LC_ALL: 'C.UTF-8',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_COLLECTIONS_PATH: join(work, 'requirements_collections'),
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_FORKS: '5',
  };
  installCollection(collection, project, environment);

  const start: AnsibleScene['start'] = (args, {slice, variables = {}} = {}) => {
    const given = {
      zbufctl_program: program,
      zbufctl_inventory: [join(project, 'zbufctl.yaml')],
      zbufctl_policy: join(fleet.dir, 'policy.yaml'),
      zbufctl_state_dir: fleet.state,
      zbufctl_records: join(work, 'records'),
      zbufctl_plans: join(work, 'plans'),
      ...variables,
    };
    const command = ['-i', 'inventory/hosts', '-e', JSON.stringify(given), '-v', ...args];
    const script = 'ssh-add -q "$0" && exec ansible-playbook "$@"';
    return spawn('ssh-agent', ['sh', '-c', script, fleet.lab.identityPath, ...command], {
      cwd: project,
      env: {...environment, ...(slice === undefined ? {} : {SLICE: slice})},
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  };
  return {
    fleet,
    sshd,
    root,
    project,
    work,
    collection,
    zbufctlFlags: flags,
    password: user.password,
    start,
    play: (args, more) => played(start(args, more)),
    async stop() {
      await sshd.stop();
      endProcesses(root);
      endProcesses(asked);
      await user.remove();
      await fleet.stop();
    },
  };
}

/** The hosts as zbufctl reaches them by itself. */
const zbufctlInventory = (
  {lab}: ChangeLab,
  port: (name: string) => number,
  knownHosts: string,
): string =>
  [
    'groups:',
    '  edge:',
    `    vars: {practice: yes, user: root, identityFile: ${lab.identityPath}, knownHosts: ${knownHosts}}`,
    '    hosts:',
    ...HOSTS.map((name) => `      - {name: ${name}, address: 127.0.0.1, port: ${port(name)}}`),
    '',
  ].join('\n');

/** A script that prints all hosts, or of every two the one that SLICE says. */
function writeAnsibleInventory(
  folder: string,
  port: (name: string) => number,
  knownHosts: string,
  su: object,
): void {
  const own: Readonly<Record<string, object>> = {asks: su, hangs: {zbufctl_timeout: 3}};
  const vars = {
    ansible_host: '127.0.0.1',
    ansible_user: 'root',
    ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${knownHosts}`,
    zbufctl_timeout: 120,
  };
  const list = (names: readonly string[]): string =>
    JSON.stringify({
      all: {hosts: names, vars},
      _meta: {
        hostvars: Object.fromEntries(
          names.map((name) => [name, {ansible_port: port(name), ...own[name]}]),
        ),
      },
    });
  // Not beside the script: Ansible would take them for inventories.
  writeFileSync(join(folder, '..', 'hosts.json'), list(HOSTS));
  for (const slice of [1, 2])
    writeFileSync(
      join(folder, '..', `hosts${slice}.json`),
      list(HOSTS.filter((_, at) => at % 2 === slice - 1)),
    );
  const script = join(folder, 'hosts');
  writeFileSync(script, '#!/bin/sh\nexec cat "${0%/*}/../hosts${SLICE:-}.json"\n');
  chmodSync(script, 0o755);
}

/** Builds what was exported, and installs it from the project's requirements, without a network. */
function installCollection(
  collection: string,
  project: string,
  environment: NodeJS.ProcessEnv,
): void {
  const galaxy = (...args: readonly string[]): unknown =>
    execFileSync('ansible-galaxy', ['collection', ...args], {
      cwd: project,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const output = join(project, 'collections');
  galaxy('build', collection, '--output-path', output);
  const [archive = ''] = readdirSync(output);
  expect(archive).toMatch(/^zbufctl-freebsd-\S+\.tar\.gz$/);
  writeFileSync(
    join(output, 'requirements.yml'),
    `collections: [{name: ${join(output, archive)}, type: file}]\n`,
  );
  galaxy(
    'install',
    '-r',
    'collections/requirements.yml',
    '-p',
    environment['ANSIBLE_COLLECTIONS_PATH'] ?? '',
  );
}

async function played(child: ChildProcess): Promise<Played> {
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

/** Every file below a folder with what is in it. */
export const contentsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map(({parentPath, name}) => join(parentPath, name))
      .map((file) => [file, readFileSync(file, 'latin1')]),
  );
