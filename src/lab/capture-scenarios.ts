import {baseMachine} from './base-machine.js';
import type {InHouseOptions} from './in-house.js';
import {inHouse, inHouseProgram, inHouseService} from './in-house.js';
import type {HostFile, Machine, Release, Unit} from './machine.js';
import {dhclient} from './dhclient.js';
import {pflogd} from './pflogd.js';
import {ZEROCOPY_LIBPCAP} from './release-facts.js';
import {loadedLibraries} from './release-tables.js';
import type {Scenario, Setting} from './scenario.js';
import {programFile} from './shared-tree.js';
import {tcpdump} from './tcpdump.js';

const ON = {'net.bpf.zerocopy_enable': '1'} as const;
export const BOOT_ON: HostFile = {
  content: '# Loaded by rc.d/sysctl at boot.\nnet.bpf.zerocopy_enable=1\n',
};
export const BOOT_OFF: HostFile = {
  content: '# Loaded by rc.d/sysctl at boot.\nnet.bpf.zerocopy_enable=0\n',
};

/** pflogd that writes its log: buffered, packets arriving. */
export const bufferedPflogd = (release: Release): Unit =>
  pflogd({
    release,
    pids: [3363, 3365],
    started: 62,
    mode: 'buffered',
    behaviour: 'buffered',
    progress: {received: 80, storeLength: 0, holdLength: 0, offset: 12156},
  });

const stalledPflogd = (release: Release, behaviour: 'stalled' | 'idle'): Unit =>
  pflogd({
    release,
    pids: [3881, 3883],
    started: 62,
    mode: 'stalled',
    behaviour,
    progress: {received: 240, storeLength: 24316, holdLength: 12156, offset: 0},
  });

/** pf with its logger running and switched on, in buffered mode. */
export function healthy(setting: Setting): Machine {
  const base = baseMachine(setting.release, setting);
  return {
    ...base,
    units: [bufferedPflogd(setting.release)],
    rcConf: {...base.rcConf, pflog_enable: 'YES'},
    files: {'/etc/sysctl.conf': BOOT_OFF},
  };
}

const stalled = (setting: Setting, behaviour: 'stalled' | 'idle'): Machine => ({
  ...healthy(setting),
  units: [stalledPflogd(setting.release, behaviour)],
  sysctls: ON,
  libpcap: ZEROCOPY_LIBPCAP,
  files: {'/etc/sysctl.conf': BOOT_ON},
});

/** Many captures that are well, and started before the one that is not. */
const manyJails = (setting: Setting): Machine => {
  const machine = stalled(setting, 'stalled');
  const jails = Array.from({length: 80}, (_, i) =>
    dhclient(setting.release, 3000 + 2 * i, `epair${i}b`),
  );
  return {...machine, units: [...jails, ...machine.units]};
};

/** Zero-copy on, no pf logger: the only capture is somebody's tcpdump. */
const byHand = (setting: Setting, resolvesNames: boolean): Machine => ({
  ...baseMachine(setting.release, setting),
  units: [
    tcpdump({
      release: setting.release,
      pid: 4387,
      pgid: 4381,
      started: 3600,
      behaviour: resolvesNames ? 'stalled' : 'zerocopy',
      received: 120,
      storeLength: resolvesNames ? 6720 : 0,
      holdLength: 3116,
      resolvesNames,
    }),
  ],
  sysctls: ON,
  libpcap: ZEROCOPY_LIBPCAP,
  files: {'/etc/sysctl.conf': BOOT_ON},
});

/** On 13.2 such a daemon brings its own libpcap from ports; base there cannot do zero-copy. */
const portsLibpcap = (release: Release): string =>
  release === '13.2' ? '/usr/local/lib/libpcap.so.1' : '/lib/libpcap.so.8';

export function ownDaemon(
  setting: Setting,
  options: Omit<InHouseOptions, 'release' | 'libpcap' | 'pids' | 'started'>,
): Machine {
  const {release} = setting;
  const {name} = options;
  const base = baseMachine(release, setting);
  const libpcap = portsLibpcap(release);
  const libc = loadedLibraries(release).filter(
    (l) => l.program === '/sbin/pflogd' && !l.name.startsWith('libpcap'),
  );
  const linked = [
    {name: libpcap.replace(/.*\//, ''), path: libpcap, address: '2a1c5d400000'},
    ...libc,
  ] as const;
  return {
    ...base,
    units: [inHouse({release, libpcap, pids: [2711, 2713], started: 64, ...options})],
    startables: [...base.startables, inHouseService({release, libpcap, ...options})],
    sysctls: ON,
    rcConf: {...base.rcConf, [`${name}_enable`]: 'YES'},
    extraServices: [
      {
        script: `/usr/local/etc/rc.d/${name}`,
        rcVariable: `${name}_enable`,
        enabledByDefault: false,
        command: inHouseProgram(name),
      },
    ],
    files: {
      '/etc/sysctl.conf': BOOT_ON,
      [inHouseProgram(name)]: {content: programFile(linked), mode: 0o755},
      ...(libpcap.startsWith('/usr/local')
        ? {[libpcap]: {content: programFile(libc, [ZEROCOPY_LIBPCAP]), mode: 0o755}}
        : {}),
    },
  };
}

/** Hosts on which something captures. */
export const captureScenarios = {
  healthy: {
    summary: 'pf logger running in buffered mode, zero-copy off now and at boot, packets arriving',
    releases: ['15.1', '13.2'],
    machine: healthy,
  },
  'stalled-pflogd': {
    summary:
      'pf logger lost its buffers to its own fork and has been silent since; packets still arrive',
    releases: ['15.1', '13.2'],
    machine: (setting) => stalled(setting, 'stalled'),
  },
  'stalled-pflogd-idle': {
    summary: 'the same, but no packet arrives while one looks',
    releases: ['15.1', '13.2'],
    machine: (setting) => stalled(setting, 'idle'),
  },
  'many-jails': {
    summary:
      'as stalled-pflogd, beside 80 jails with a DHCP client each: more than can be looked at',
    releases: ['15.1', '13.2'],
    machine: manyJails,
  },
  'tcpdump-zerocopy': {
    summary: 'tcpdump -n in zero-copy mode, alive and well',
    releases: ['15.1', '13.2'],
    machine: (setting) => byHand(setting, false),
  },
  'tcpdump-casper-stalled': {
    summary: 'tcpdump without -n: its name resolution helper shares the pages, the capture is lost',
    releases: ['15.1', '13.2'],
    machine: (setting) => byHand(setting, true),
  },
  'no-libpcap-zerocopy': {
    summary: 'switched on, but the libpcap in use cannot do zero-copy',
    releases: ['13.2'],
    machine: (setting) => ({
      ...healthy(setting),
      sysctls: ON,
      files: {'/etc/sysctl.conf': BOOT_ON},
    }),
  },
  'in-house-stalled': {
    summary: 'a daemon nobody knows forked after opening its capture and lost it',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      ownDaemon(setting, {
        name: 'flowtapd',
        pattern: 'forks-after-open',
        interfaceName: 'vtnet0',
        bufferPages: 64,
      }),
  },
  'in-house-healthy': {
    summary: 'a daemon nobody knows that forked before it opened its zero-copy capture, and works',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      ownDaemon(setting, {
        name: 'edgetapd',
        pattern: 'forks-before-open',
        interfaceName: 'vtnet0',
        bufferPages: 96,
      }),
  },
  'daemonized-healthy': {
    summary:
      'a daemon nobody knows that called daemon(3) after opening its zero-copy capture, and works',
    releases: ['15.1', '13.2'],
    machine: (setting) =>
      ownDaemon(setting, {
        name: 'tapsinkd',
        pattern: 'daemonizes-after-open',
        interfaceName: 'vtnet0',
        bufferPages: 128,
      }),
  },
} as const satisfies Readonly<Record<string, Scenario>>;
