import type {Machine, Process, Release} from './machine.js';
import {inheritingPflogd} from './moded.js';
import {pflogService} from './pflogd.js';
import {releaseFacts} from './release-facts.js';
import {baseProcesses} from './release-tables.js';

/** The user scenarios log in as when not as root. */
export const PLAIN_USER = {name: 'ops', uid: 1001} as const;

export interface BaseOptions {
  readonly hostname: string;
  /** Seconds since the epoch. */
  readonly bootTime: number;
  /** Who is logged in over SSH; default root. */
  readonly user?: string;
  /** root's login shell is the release's unless given. */
  readonly loginShell?: 'sh' | 'csh';
}

/** Assignments of /etc/rc.conf that the captured hosts have. */
export const CAPTURED_RC_CONF = {
  ifconfig_vtnet0: 'inet 10.0.2.15 netmask 255.255.255.0',
  defaultrouter: '10.0.2.2',
  sshd_enable: 'YES',
  growfs_enable: 'NO',
  entropy_file: 'NO',
  dumpdev: 'NO',
  sendmail_enable: 'NONE',
  cron_enable: 'NO',
  pf_enable: 'YES',
} as const;

/** Pids of the SSH session that looks: later than everything else. */
const SESSION_PID = 6100;
/** Seconds after boot at which it logged in: three days. */
export const LOGIN_AFTER = 3 * 86400;

/** A host of a release with nothing capturing. */
export function baseMachine(release: Release, options: BaseOptions): Machine {
  const facts = releaseFacts(release);
  const user = options.user ?? 'root';
  const shell =
    options.loginShell ?? (user === 'root' && facts.rootShell === '/bin/csh' ? 'csh' : 'sh');
  const session = sessionProcesses(release, user, shell, SESSION_PID, LOGIN_AFTER);
  return {
    release,
    osrelease: facts.osrelease,
    hostname: options.hostname,
    bootTime: options.bootTime,
    processes: [...baseProcesses(release), ...session],
    self: selfProcess(session, 6190),
    units: [],
    startables: [
      {...pflogService(release), moded: {inherit: (pids) => inheritingPflogd(release, pids, 0)}},
    ],
    sysctls: {},
    libpcap: facts.libpcap,
    rcConf: {hostname: options.hostname, ...CAPTURED_RC_CONF},
    files: {},
    extraServices: [],
    jid: 0,
    readOnlyRoot: false,
    system: 'FreeBSD',
    raw: {},
    become: {},
  };
}

/**
 * What sshd forks for a login that runs /bin/sh -s; 15.1 has sshd-session, and csh stays as a
 * parent.
 */
export function sessionProcesses(
  release: Release,
  user: string,
  shell: 'sh' | 'csh',
  first: number,
  started: number,
): readonly Process[] {
  const sshd = baseProcesses(release).find((p) => p.command === 'sshd')?.pid ?? 1;
  const base = {pgid: first, started, tty: '-', unit: ''};
  const session: Process[] = [];
  const add = (
    pid: number,
    ppid: number,
    pgid: number,
    owner: string,
    stat: string,
    command: string,
    args: string,
  ): void => {
    session.push({...base, pid, ppid, pgid, user: owner, stat, command, args});
  };
  let parent = first;
  if (release === '15.1') {
    add(
      first,
      sshd,
      first,
      'root',
      'Ss',
      'sshd-session',
      `sshd-session: ${user} [priv] (sshd-session)`,
    );
    parent = first + 2;
    add(
      parent,
      first,
      first,
      user,
      'S',
      'sshd-session',
      `sshd-session: ${user}@notty (sshd-session)`,
    );
  } else {
    add(first, sshd, first, user, 'Ss', 'sshd', `sshd: ${user}@notty (sshd)`);
  }
  const leader = release === '15.1' ? parent + 1 : parent + 2;
  if (shell === 'csh') {
    add(leader, parent, leader, user, 'Ss', 'csh', 'csh -c /bin/sh -s');
    add(leader + 2, leader, leader, user, 'S', 'sh', '/bin/sh -s');
  } else {
    add(leader, parent, leader, user, 'Ss', 'sh', '/bin/sh -s');
  }
  return session;
}

/** The row ps(1) adds for itself. */
export function selfProcess(session: readonly Process[], pid: number, later = 0): Process {
  const shell = session.at(-1);
  const leader = session.at(session.at(-2)?.command === 'csh' ? -2 : -1);
  return {
    pid,
    ppid: shell?.pid ?? 1,
    pgid: leader?.pid ?? 1,
    user: shell?.user ?? 'root',
    stat: 'R',
    started: (shell?.started ?? 0) + later,
    tty: '-',
    unit: '',
    command: 'ps',
    args: '',
  };
}
