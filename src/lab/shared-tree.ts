import {createHash} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {osAssignments} from './kernel-tables.js';
import type {Machine, Release, ServiceScript} from './machine.js';
import {releaseFacts} from './release-facts.js';
import {baseServices, loadedLibraries} from './release-tables.js';
import {writeServiceTemplate} from './service-template.js';

/** Names a kernel module has in kldstat -v; a few that matter. */
const MODULES = [
  'newreno',
  'if_lo',
  'pflog',
  'pf',
  'if_bridge',
  'devfs',
  'ufs',
  'netmap',
  'ether',
  'virtio',
];

/**
 * Writes what hosts of one kind have in common, once: base programs, libraries, rc scripts, service
 * templates. Hosts link to it. Returns the folder.
 */
export function sharedTree(sharedDir: string, machine: Machine): string {
  const identity = osAssignments(machine);
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        machine.release,
        identity,
        machine.libpcap,
        machine.startables.map((s) => s.name),
      ]),
    )
    .digest('hex')
    .slice(0, 12);
  const folder = join(sharedDir, `${machine.release}-${key}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  writeBase(fresh, machine, identity);
  for (const startable of machine.startables) {
    writeServiceTemplate(join(fresh, 'service', startable.name), startable, machine.jid);
  }
  renameSync(fresh, folder);
  return folder;
}

function writeBase(folder: string, machine: Machine, identity: string): void {
  const facts = releaseFacts(machine.release);
  const write = (path: string, text: string, mode = 0o644): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, text, {encoding: 'latin1'});
    chmodSync(file, mode);
  };
  write('os', identity);
  write('tcpdump', facts.tcpdump.map((line) => `${line}\n`).join(''));
  write('kld', MODULES.map((name, i) => `${110 + i}\t${name}\n`).join(''));
  const services = baseServices(machine.release);
  write('etc/defaults/rc.conf', defaultsRcConf(services));
  for (const service of services) {
    write(service.script.slice(1), rcScript(service), 0o555);
  }
  write('etc/rc.d/localpkg', LOCALPKG, 0o555);
  for (const [path, text] of programFiles(machine)) write(path.slice(1), text, 0o555);
}

const defaultsRcConf = (services: readonly ServiceScript[]): string =>
  [
    '# Defaults of the practice hosts; the same names as /etc/defaults/rc.conf of FreeBSD.',
    'rc_conf_files="/etc/rc.conf /etc/rc.conf.local"',
    'local_startup="/usr/local/etc/rc.d"',
    'hostname=""',
    'pflog_logfile="/var/log/pflog"',
    'pflog_flags=""',
    'pflog_instances=""',
    ...services.map((s) => `${s.rcVariable}="${s.enabledByDefault ? 'YES' : 'NO'}"`),
    '',
  ].join('\n');

/**
 * What runs old-style scripts (*.sh) at boot; it has no variable, so it always does (FreeBSD's
 * rc.d/localpkg, reading).
 */
const LOCALPKG =
  '#!/bin/sh\n# PROVIDE: localpkg\n# KEYWORD: shutdown\n. /etc/rc.subr\nname="localpkg"\nstart_cmd=":"\nrun_rc_command "$1"\n';

/** Lines of base's scripts that load kernel modules, as FreeBSD has them (reading). */
const REQUIRED_MODULES: Readonly<Record<string, string>> = {
  '/etc/rc.d/ipfw': 'required_modules="ipfw"',
  '/etc/rc.d/pf': 'required_modules="pf"',
  '/etc/rc.d/pflog': 'pflog_prestart() { load_kld pflog; }',
};

/**
 * What the collector looks for in rc.subr(8): load_kld reads /etc/sysctl.kld.d since FreeBSD 14
 * (reading).
 */
export const rcSubr = (release: Release): string =>
  [
    '# rc.subr of the practice hosts',
    'load_kld()',
    '{',
    '\tkldload "$1" || return 1',
    ...(release === '13.2'
      ? []
      : ['\t[ ! -f "/etc/sysctl.kld.d/$1.conf" ] || sysctl -f "/etc/sysctl.kld.d/$1.conf"']),
    '}',
    '',
  ].join('\n');

/** The start of any rc.d script; what the practice service(8) and readers of scripts look at. */
export function rcScript({script, rcVariable, command}: ServiceScript): string {
  const name = rcVariable.replace(/_enable$/, '');
  return [
    '#!/bin/sh',
    '#',
    `# PROVIDE: ${script.replace(/.*\//, '')}`,
    '# REQUIRE: FILESYSTEMS',
    '# KEYWORD: shutdown',
    '',
    '. /etc/rc.subr',
    '',
    `name="${name}"`,
    `rcvar="${rcVariable}"`,
    ...(command === undefined ? ['start_cmd=":"', 'stop_cmd=":"'] : [`command="${command}"`]),
    ...(REQUIRED_MODULES[script] === undefined ? [] : [REQUIRED_MODULES[script]]),
    '',
    'load_rc_config $name',
    'run_rc_command "$1"',
    '',
  ].join('\n');
}

/** A program file: not machine code, but what ldd and strings of the practice fleet find in one. */
export const programFile = (
  libraries: readonly {readonly name: string; readonly path: string; readonly address: string}[],
  strings: readonly string[] = [],
): string =>
  [
    '\x7fELF\x02\x01\x01\x09',
    ...libraries.map((l) => `NEEDED\t${l.name}\t${l.path}\t${l.address}`),
    ...strings.map((s) => `\x01${s}\x01`),
    '',
  ].join('\n');

function programFiles(machine: Machine): Map<string, string> {
  const libraries = loadedLibraries(machine.release);
  const files = new Map<string, string>();
  for (const program of ['/sbin/pflogd', '/usr/sbin/tcpdump']) {
    files.set(program, programFile(libraries.filter((l) => l.program === program)));
  }
  const libc = libraries.filter(
    (l) => l.name.startsWith('libc.so') && l.program === '/sbin/pflogd',
  );
  for (const program of [
    '/sbin/devd',
    '/sbin/init',
    '/usr/sbin/syslogd',
    '/usr/sbin/sshd',
    '/usr/sbin/cron',
    '/usr/sbin/ntpd',
    '/usr/sbin/newsyslog',
  ]) {
    files.set(program, programFile(libc));
  }
  for (const {path} of libraries) {
    if (path !== '-' && path !== '/lib/libpcap.so.8') files.set(path, programFile([]));
  }
  files.set('/lib/libpcap.so.8', programFile(libc, [machine.libpcap]));
  return files;
}
