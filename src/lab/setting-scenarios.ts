import {baseMachine} from './base-machine.js';
import {BOOT_OFF, BOOT_ON, bufferedPflogd, healthy} from './capture-scenarios.js';
import type {HostFile, Machine} from './machine.js';
import {renamed} from './memory-map.js';
import {loadedLibraries} from './release-tables.js';
import type {Scenario, Setting} from './scenario.js';
import {programFile} from './shared-tree.js';

const ON = {'net.bpf.zerocopy_enable': '1'} as const;

const withFiles = (machine: Machine, files: Readonly<Record<string, HostFile>>): Machine => ({
  ...machine,
  files: {...machine.files, ...files},
});

/** Zero-copy comes on with the next boot, and the pf logger with it. */
const atRisk = (setting: Setting): Machine => withFiles(healthy(setting), {'/etc/sysctl.conf': BOOT_ON});

const jail = (setting: Setting): Machine => {
  const base = baseMachine(setting.release, setting);
  return {
    ...base,
    jid: 3,
    processes: base.processes.filter((p) => p.user !== 'root' || !/^\[|getty|init$/.test(p.args)),
    startables: [],
    rcConf: {hostname: setting.hostname, sshd_enable: 'YES', syslogd_flags: '-ss'},
    files: {'/etc/sysctl.conf': BOOT_OFF},
  };
};

const FILTERLOG = '/usr/local/sbin/filterlog';

/** An appliance: its own filter log daemon, buffered, and the setting in its own configuration. */
function appliance(setting: Setting, files: Readonly<Record<string, string>>): Machine {
  const base = baseMachine(setting.release, setting);
  const log = bufferedPflogd(setting.release);
  const reader = log.processes[1];
  const filterlog =
    reader === undefined ? [] : [{...reader, ppid: 1, user: 'root', unit: '', command: 'filterlog'}];
  return {
    ...base,
    osrelease: `${base.osrelease.replace(/-p\d+$/, '')}-p1`,
    units: [
      {
        processes: filterlog.map((p) => ({
          ...p,
          stat: 'Ss',
          args: `${FILTERLOG} -i pflog0 -p /var/run/filterlog.pid`,
        })),
        descriptors: log.descriptors.map((d) => ({...d, command: 'filterlog'})),
        openFiles: log.openFiles
          .filter((f) => f.pid === reader?.pid)
          .map((f) => ({
            ...f,
            command: 'filterlog',
            references: f.path === '/dev/bpf' ? '2' : f.references,
            path: f.path === '/sbin/pflogd' ? FILTERLOG : f.path,
          })),
        maps: new Map(
          [...log.maps]
            .filter(([pid]) => pid === reader?.pid)
            .map(([pid, map]) => [pid, renamed(map, {'/sbin/pflogd': FILTERLOG})]),
        ),
      },
    ],
    rcConf: {...base.rcConf, pf_enable: 'NO'},
    files: {
      [FILTERLOG]: {
        content: programFile(loadedLibraries(setting.release).filter((l) => l.program === '/sbin/pflogd')),
        mode: 0o755,
      },
      ...Object.fromEntries(
        Object.entries(files).map(([path, content]) => [
          path,
          {content, ...(path.includes('/sbin/') ? {mode: 0o755} : {})},
        ]),
      ),
    },
  };
}

const TUNABLES = `<?xml version="1.0"?>
<config>
  <sysctl>
    <item><tunable>net.bpf.zerocopy_enable</tunable><value>0</value><descr>default</descr></item>
  </sysctl>
</config>
`;

const opnsenseVersion = `#!/bin/sh
echo "OPNsense 23.7.12 (amd64)"
`;

/** Hosts that differ in where the setting stands, and in what may be changed. */
export const settingScenarios = {
  drift: {
    summary: 'zero-copy on now, off at the next boot; nothing captures',
    releases: ['15.1', '13.2'],
    machine: (setting) => ({
      ...baseMachine(setting.release, setting),
      sysctls: ON,
      files: {'/etc/sysctl.conf': BOOT_OFF},
    }),
  },
  'loader-conf-only': {
    summary: 'set only in loader.conf, where it does nothing',
    releases: ['13.2', '15.1'],
    machine: (setting) => ({
      ...healthy(setting),
      files: {
        '/boot/loader.conf': {content: 'autoboot_delay="3"\nnet.bpf.zerocopy_enable="1"\n'},
      },
    }),
  },
  'overridden-local': {
    summary: 'sysctl.conf says 1, sysctl.conf.local says 0 and wins',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      withFiles(healthy(setting), {
        '/etc/sysctl.conf': BOOT_ON,
        '/etc/sysctl.conf.local': {
          content: '# local policy\nnet.bpf.zerocopy_enable: "0"  # see ticket 4711\n',
        },
      }),
  },
  'duplicate-lines': {
    summary: 'sysctl.conf sets it twice, with two values',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      withFiles(healthy(setting), {
        '/etc/sysctl.conf': {
          content:
            'kern.ipc.somaxconn=1024\nnet.bpf.zerocopy_enable=1\nnet.inet.tcp.blackhole=2\nnet.bpf.zerocopy_enable=0\n',
        },
      }),
  },
  'pf-logger-at-boot': {
    summary: 'works now, but the next boot switches zero-copy on and starts the pf logger',
    releases: ['15.1'],
    machine: atRisk,
  },
  'bad-sysctl-conf': {
    summary: 'sysctl.conf has a line without a value, an unknown name, and a value that is no number',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      withFiles(healthy(setting), {
        '/etc/sysctl.conf': {
          content:
            '# hand made\nnet.inet.tcp.blackhole 2\nnet.bpf.zerocopy_enabled=0\nkern.ipc.somaxconn=many\nnet.bpf.zerocopy_enable=0\n',
        },
      }),
  },
  'read-only-root': {
    summary: 'as pf-logger-at-boot, on a root file system that cannot be written',
    releases: ['15.1'],
    machine: (setting) => ({...atRisk(setting), readOnlyRoot: true}),
  },
  'immutable-file': {
    summary: 'as pf-logger-at-boot, with sysctl.conf protected by chflags schg',
    releases: ['15.1'],
    machine: (setting) => withFiles(atRisk(setting), {'/etc/sysctl.conf': {...BOOT_ON, flags: 'schg'}}),
  },
  jail: {
    summary: 'a jail: the value can be read there, but not set, and no capture seen',
    releases: ['15.1', '13.2'],
    machine: jail,
  },
  opnsense: {
    summary: 'OPNsense: tunables live in its own configuration',
    releases: ['13.2'],
    machine: (setting) =>
      appliance(setting, {
        '/usr/local/opnsense/version/core':
          '{\n    "product_id": "opnsense",\n    "product_name": "OPNsense",\n    "product_version": "23.7.12"\n}\n',
        '/usr/local/sbin/opnsense-version': opnsenseVersion,
        '/conf/config.xml': TUNABLES,
      }),
  },
  pfsense: {
    summary: 'pfSense: tunables live in its own configuration',
    releases: ['13.2'],
    machine: (setting) =>
      appliance(setting, {
        '/etc/version': '2.7.0-RELEASE\n',
        '/etc/platform': 'pfSense\n',
        '/cf/conf/config.xml': TUNABLES,
      }),
  },
  nanobsd: {
    summary: 'NanoBSD: read-only root, /etc on a memory disk',
    releases: ['13.2', '15.1'],
    machine: (setting) => ({
      ...withFiles(healthy(setting), {
        '/etc/nanobsd.conf': {content: 'NANO_DRIVE=vtbd0\n'},
        '/conf/base/etc/md_size': {content: '20480\n'},
      }),
      readOnlyRoot: true,
    }),
  },
} as const satisfies Readonly<Record<string, Scenario>>;
