import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {
  descriptorTable,
  lstart,
  mapTable,
  merged,
  openFileTable,
  processTable,
  sysctlTable,
} from './kernel-tables.js';
import type {Machine} from './machine.js';
import {baseFiles} from './open-files.js';
import {labTemplates} from './package-root.js';
import {baseServices} from './release-tables.js';
import {rcScript, rcSubr, sharedTree} from './shared-tree.js';

export interface HostTreeOptions {
  /** The folder that becomes the practice host's `/` (ZBUFCTL_ROOT). */
  readonly root: string;
  /** Where what hosts have in common is kept; may be shared by any number of hosts. */
  readonly sharedDir: string;
  /** The password sudo, doas and su ask for. */
  readonly password: string;
}

/** Folders a host has of its own. */
const FOLDERS = [
  '.lab/map',
  'boot',
  'dev',
  'etc/rc.conf.d',
  'root',
  'tmp',
  'usr/local/etc/rc.d',
  'var/db',
  'var/run',
];

/** Folders that all hosts of a kind share. */
const LINKED = ['sbin', 'usr/sbin', 'lib', 'etc/rc.d', 'etc/defaults'] as const;

/** First pid a service gets that is started later. */
const NEXT_PID = 7001;

/**
 * Writes a simulated host to disk: its files, and below `.lab` its kernel as tables that the
 * programs of templates/lab/bin render. Also there, for tests: `fault/<program>` makes a program
 * fail (templates/lab/sh/fault.sh).
 */
export function hostTree(machine: Machine, {root, sharedDir, password}: HostTreeOptions): void {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), {recursive: true});
  const write = (path: string, content: string): void => {
    writeFileSync(join(root, path), content, 'latin1');
  };
  const link = (path: string, target: string): void => {
    symlinkSync(target, join(root, path));
  };

  link('bin', join(labTemplates(), machine.system === 'FreeBSD' ? 'bin' : 'linux'));
  if (machine.system === 'FreeBSD') {
    const shared = sharedTree(sharedDir, machine);
    for (const folder of LINKED) link(folder, join(shared, folder));
    for (const name of ['os', 'tcpdump', 'kld', 'service'])
      link(`.lab/${name}`, join(shared, name));
    writeKernel(machine, write, password);
    write('dev/bpf', '');
    chmodSync(join(root, 'dev/bpf'), 0o600);
  }
  write('.lab/hostname', `${machine.hostname}\n`);
  writeFiles(machine, root);
}

function writeKernel(
  machine: Machine,
  write: (path: string, content: string) => void,
  password: string,
): void {
  const started = (seconds: number): string => lstart(machine.bootTime, seconds);
  const unit = merged(machine.units);
  const processes = [...machine.processes, ...unit.processes];
  write(
    '.lab/proc',
    processTable(processes, machine.jid, (p) => started(p.started)),
  );
  write('.lab/bpf', descriptorTable(unit.descriptors, 0));
  write('.lab/files', openFileTable([...baseFiles(machine.processes), ...unit.openFiles], 0));
  for (const [pid, map] of unit.maps) write(`.lab/map/${pid}`, mapTable(map));
  const plain = ['PATH=/sbin:/bin:/usr/sbin:/usr/bin', 'HOME=/', 'RC_PID=21'];
  const environments = unit.processes.map(({pid, command}) =>
    [pid, command, ...plain, ...(unit.environments?.get(pid) ?? [])].join('\t'),
  );
  write('.lab/env', environments.map((line) => `${line}\n`).join(''));
  write('.lab/sysctl', sysctlTable(machine));
  const services = [...baseServices(machine.release), ...machine.extraServices];
  write('.lab/services', services.map((s) => `${s.script}\t${s.rcVariable}\n`).join(''));
  write('.lab/nextpid', `${NEXT_PID}\n`);
  write('.lab/netstat.calls', '0\n');
  write(
    '.lab/become',
    Object.entries(machine.become)
      .map(([program, how]) => `${program} ${how}\n`)
      .join(''),
  );
  write('.lab/password', `${password}\n`);
  if (machine.jid > 0) write('.lab/jail', `${machine.jid}\n`);
  if (machine.readOnlyRoot) write('.lab/readonly', '');
  const {self} = machine;
  if (self !== undefined) {
    const cells = [
      self.pid,
      self.ppid,
      self.pgid,
      machine.jid,
      self.user,
      self.stat,
      started(self.started),
      self.tty,
    ];
    write('.lab/self', `${cells.join('|')}\n`);
  }
}

/** The files a person would edit, those of the scenario over the plain ones. */
function writeFiles(machine: Machine, root: string): void {
  const assignments = Object.entries(machine.rcConf).map(([name, value]) => `${name}="${value}"\n`);
  const plain: Machine['files'] =
    machine.system === 'FreeBSD'
      ? {
          '/etc/rc.conf': {content: assignments.join('')},
          '/etc/rc.subr': {content: rcSubr(machine.release)},
          '/etc/sysctl.conf': {content: '# Loaded by rc.d/sysctl at boot.\n'},
          '/boot/loader.conf': {content: 'autoboot_delay="3"\n'},
          '/etc/libmap.conf': {content: '# $FreeBSD$\nincludedir /usr/local/etc/libmap.d\n'},
          ...Object.fromEntries(
            machine.extraServices.map((s) => [s.script, {content: rcScript(s), mode: 0o555}]),
          ),
        }
      : {};
  const flags: string[] = [];
  const owners: string[] = [];
  const files = {...plain, ...machine.files};
  for (const [path, file] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), {recursive: true});
    if (LINKED.some((folder) => path.startsWith(`/${folder}/`)))
      throw new Error(`${path} lies in what practice hosts share`);
    writeFileSync(target, file.content, 'latin1');
    // Whatever the umask: modes are part of what a host shows.
    chmodSync(target, file.mode ?? 0o644);
    if (file.flags !== undefined) flags.push(`${path}\t${file.flags}\n`);
    if (file.owner !== undefined) {
      const {uid, user} = file.owner;
      owners.push(...[path, dirname(path)].map((owned) => `${owned}\t${uid}\t${user}\n`));
    }
  }
  if (owners.length > 0) writeFileSync(join(root, '.lab/owners'), owners.join(''));
  if (flags.length > 0) writeFileSync(join(root, '.lab/flags'), flags.join(''));
  const kenv = /^(\w[\w.]*)="([^"]*)"$/gm;
  const loader = files['/boot/loader.conf']?.content ?? '';
  writeFileSync(
    join(root, '.lab/kenv'),
    [
      'kernelname="/boot/kernel/kernel"',
      'smbios.system.product="practice host"',
      ...Array.from(loader.matchAll(kenv), ([, name, value]) => `${name ?? ''}="${value ?? ''}"`),
      '',
    ].join('\n'),
    'latin1',
  );
  for (const [program, bytes] of Object.entries(machine.raw)) {
    mkdirSync(join(root, '.lab/raw'), {recursive: true});
    writeFileSync(join(root, '.lab/raw', program), bytes, 'latin1');
  }
}
