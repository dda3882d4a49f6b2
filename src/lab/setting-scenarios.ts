import {baseMachine} from './base-machine.js';
import {BOOT_OFF, BOOT_ON, healthy} from './capture-scenarios.js';
import type {HostFile, Machine} from './machine.js';
import type {Scenario, Setting} from './scenario.js';

const ON = {'net.bpf.zerocopy_enable': '1'} as const;

const withFiles = (machine: Machine, files: Readonly<Record<string, HostFile>>): Machine => ({
  ...machine,
  files: {...machine.files, ...files},
});

/** Zero-copy comes on with the next boot, and the pf logger with it. */
const atRisk = (setting: Setting): Machine =>
  withFiles(healthy(setting), {'/etc/sysctl.conf': BOOT_ON});

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
    summary:
      'sysctl.conf has a line without a value, an unknown name, and a value that is not a number',
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
    machine: (setting) =>
      withFiles(atRisk(setting), {'/etc/sysctl.conf': {...BOOT_ON, flags: 'schg'}}),
  },
  jail: {
    summary: 'a jail: the value can be read there, but not set, and no capture seen',
    releases: ['15.1', '13.2'],
    machine: jail,
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
