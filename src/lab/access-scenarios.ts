import {baseMachine} from './base-machine.js';
import {captureScenarios, healthy} from './capture-scenarios.js';
import type {Machine} from './machine.js';
import type {Scenario, Setting} from './scenario.js';

/** Healthy, as the plain user sees it. */
const asOps = (setting: Setting): Machine => {
  const {processes, self, ...rest} = baseMachine(setting.release, {...setting, user: 'ops'});
  return {
    ...healthy(setting),
    processes,
    ...(self === undefined ? {} : {self}),
    become: rest.become,
  };
};

/** What a hostile host puts wherever it may say something. */
const NASTY = '\x1b]0;owned\x07\x1b[2J\x1b[31m<script>alert("x")</script>&amp;=cmd|\' /C calc\'!A0';

/** Records the collector's own protocol uses, to be taken for data. */
const FORGED = '= 0\n@ uname\n|FreeBSD 99.0-FORGED amd64 amd64 1 1\n= 0\nend 3\n';

const hostile = (setting: Setting): Machine => {
  const machine = healthy(setting);
  const evil = machine.units.map((unit) => ({
    ...unit,
    processes: unit.processes.map((p, i) =>
      i === 1 ? {...p, args: `pflogd: ${NASTY} (pflogd)`} : p,
    ),
    descriptors: [
      ...unit.descriptors,
      ...unit.descriptors.map((d) => ({
        ...d,
        pid: 4999,
        interfaceName: '<i>em0',
        command: '<b>evil</b>',
        behaviour: 'idle' as const,
      })),
    ],
  }));
  return {
    ...machine,
    hostname: `fw-${NASTY}`,
    units: evil,
    files: {
      '/etc/sysctl.conf': {
        content: `# ${NASTY}\n# \0\0\xff\xfe\n${FORGED}net.bpf.zerocopy_enable=0\n\x1b[1mnet.bpf.\xe2\x80\xaezerocopy=1\n`,
      },
      '/etc/rc.conf.local': {
        content: `evil_enable="YES"\nevil_flags="${NASTY.replaceAll('"', '')}"\n`,
      },
    },
    raw: {
      ps: `  66   1   66 -1 ${NASTY}\n\0\n${FORGED}`,
      procstat: ` 4999 ${NASTY}  3 v c rw------   1 99999999999999999999 -   /dev/bpf\n${FORGED}`,
    },
  };
};

const notFreeBSD = (setting: Setting): Machine => ({
  ...baseMachine(setting.release, setting),
  system: 'Linux',
  files: {
    '/etc/os-release': {content: 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\n'},
    '/etc/sysctl.conf': {content: '# net.ipv4.ip_forward=1\n'},
  },
});

/** Hosts that are hard to get at, or hard to believe. */
export const accessScenarios = {
  unprivileged: {
    summary: 'login as ops, without a way to become root: captures cannot be seen',
    releases: ['15.1', '13.2'],
    machine: asOps,
    access: {user: 'ops'},
  },
  'sudo-password': {
    summary: 'login as ops; sudo asks for a password (in the file passwords of the lab folder)',
    releases: ['13.2', '15.1'],
    machine: (setting) => ({...asOps(setting), become: {sudo: 'password'}}),
    access: {user: 'ops', become: 'sudo'},
  },
  'sudo-nopasswd': {
    summary: 'login as ops; sudo asks for nothing',
    releases: ['15.1', '13.2'],
    machine: (setting) => ({...asOps(setting), become: {sudo: 'nopasswd'}}),
    access: {user: 'ops', become: 'sudo'},
  },
  'doas-nopass': {
    summary: 'login as ops; doas asks for nothing',
    releases: ['15.1', '13.2'],
    machine: (setting) => ({...asOps(setting), become: {doas: 'nopasswd'}}),
    access: {user: 'ops', become: 'doas'},
  },
  'su-password': {
    summary: "login as ops; su asks for root's password (in the file passwords of the lab folder)",
    releases: ['13.2', '15.1'],
    machine: (setting) => ({...asOps(setting), become: {su: 'password'}}),
    access: {user: 'ops', become: 'su'},
  },
  'password-login': {
    summary:
      'no key is accepted: password or keyboard-interactive (in the file passwords of the lab folder)',
    releases: ['15.1', '13.2'],
    machine: healthy,
    access: {authentication: 'password'},
  },
  'csh-login': {
    summary: "root's login shell is csh, which refuses 2>&1",
    releases: ['13.2', '15.1'],
    machine: (setting) => {
      const {processes, self} = baseMachine(setting.release, {...setting, loginShell: 'csh'});
      return {...healthy(setting), processes, ...(self === undefined ? {} : {self})};
    },
    access: {loginShell: 'csh'},
  },
  'not-freebsd': {
    summary: 'a plain Linux answers',
    releases: ['15.1'],
    machine: notFreeBSD,
  },
  slow: {
    summary: 'answers, but takes five seconds to begin',
    releases: ['15.1', '13.2'],
    machine: healthy,
    access: {execDelayMs: 5000},
  },
  silent: {
    summary: 'accepts the connection and never says a word',
    releases: ['15.1'],
    machine: healthy,
    access: {silent: true},
  },
  refuses: {
    summary: 'nothing listens on the port',
    releases: ['15.1'],
    machine: healthy,
    access: {listens: false},
  },
  'changed-host-key': {
    summary: 'known_hosts has another key for it',
    releases: ['15.1', '13.2'],
    machine: healthy,
    access: {knownKey: 'other'},
  },
  'unknown-host-key': {
    summary: 'known_hosts has no key for it',
    releases: ['15.1', '13.2'],
    machine: healthy,
    access: {knownKey: 'none'},
  },
  cut: {
    summary: 'the connection is cut in the middle of the answer',
    releases: ['15.1', '13.2'],
    machine: captureScenarios['stalled-pflogd'].machine,
    access: {cutAfterBytes: 3000},
  },
  hostile: {
    summary:
      'terminal escapes, HTML, NULs and forged records in names, arguments, files and its hostname',
    releases: ['15.1', '13.2'],
    machine: hostile,
  },
  flood: {
    summary: 'sends 100 MB of noise',
    releases: ['15.1'],
    machine: healthy,
    access: {floodBytes: 100_000_000},
  },
} as const satisfies Readonly<Record<string, Scenario>>;
