import {BOOT_ON, bufferedPflogd, healthy, ownDaemon} from './capture-scenarios.js';
import {inHouseProgram} from './in-house.js';
import type {Machine, Mapping, Unit} from './machine.js';
import {objectMapping} from './memory-map.js';
import {ZEROCOPY_LIBPCAP} from './release-facts.js';
import type {Scenario, Setting} from './scenario.js';
import {programFile} from './shared-tree.js';

/**
 * An object that takes the place of libpcap.so.8 for one program, and needs the real one by its
 * path.
 */
const SHIM = '/usr/local/lib/capturemode/libpcap-buffered.so';
/** Something that is loaded before everything else. */
const PRELOADED = '/usr/local/lib/libhook.so';

const shim = programFile([
  {name: '/lib/libpcap.so.8', path: '/lib/libpcap.so.8', address: '2a1c5d600000'},
]);

/** pf's logger in buffered mode, on a host that has zero-copy on. */
const switchedOn = (setting: Setting): Machine => ({
  ...healthy(setting),
  sysctls: {'net.bpf.zerocopy_enable': '1'},
  libpcap: ZEROCOPY_LIBPCAP,
  files: {'/etc/sysctl.conf': BOOT_ON},
});

const withLoaded = (unit: Unit, path: string): Unit => ({
  ...unit,
  maps: new Map(
    [...unit.maps].map(([pid, map]) => [pid, [...map, objectMapping(path, 0x2a1c5d800000n)]]),
  ),
});

function libmapped(setting: Setting): Machine {
  const machine = switchedOn(setting);
  return {
    ...machine,
    units: [withLoaded(bufferedPflogd(setting.release), SHIM)],
    files: {
      ...machine.files,
      '/usr/local/etc/libmap.d/capture.conf': {content: `[/sbin/pflogd]\nlibpcap.so.8  ${SHIM}\n`},
      [SHIM]: {content: shim, mode: 0o555},
    },
  };
}

function preloaded(setting: Setting): Machine {
  const machine = switchedOn(setting);
  const unit = withLoaded(bufferedPflogd(setting.release), PRELOADED);
  return {
    ...machine,
    units: [
      {
        ...unit,
        environments: new Map(unit.processes.map(({pid}) => [pid, [`LD_PRELOAD=${PRELOADED}`]])),
      },
    ],
    rcConf: {...machine.rcConf, pflog_env: `LD_PRELOAD=${PRELOADED} LOG_PASSWORD=swordfish`},
    files: {...machine.files, [PRELOADED]: {content: programFile([]), mode: 0o555}},
  };
}

/** It asks for no libpcap by name: a plugin brings base's in while it runs. */
function byPlugin(setting: Setting): Machine {
  const name = 'plugtapd';
  const machine = ownDaemon(setting, {
    name,
    pattern: 'forks-after-open',
    interfaceName: 'vtnet0',
    bufferPages: 64,
  });
  return {
    ...machine,
    libpcap: ZEROCOPY_LIBPCAP,
    files: {
      ...machine.files,
      [inHouseProgram(name)]: {content: programFile(NO_PCAP), mode: 0o755},
    },
  };
}

const NO_PCAP = [{name: 'libc.so.7', path: '/lib/libc.so.7', address: '2a1c5d500000'}] as const;

/** No library at all in it or in its memory; what libpcap says of itself is in the program. */
function linkedIn(setting: Setting): Machine {
  const name = 'statictapd';
  const machine = ownDaemon(setting, {
    name,
    pattern: 'forks-before-open',
    interfaceName: 'vtnet0',
    bufferPages: 96,
  });
  const isLibrary = ({path}: Mapping): boolean => /\.so(\.|$)/.test(path);
  return {
    ...machine,
    units: machine.units.map((unit) => ({
      ...unit,
      maps: new Map([...unit.maps].map(([pid, map]) => [pid, map.filter((m) => !isLibrary(m))])),
    })),
    files: {
      ...machine.files,
      [inHouseProgram(name)]: {content: programFile([], [ZEROCOPY_LIBPCAP]), mode: 0o755},
    },
  };
}

/** Hosts on which a libpcap is in force that no file name tells of. */
export const linkingScenarios = {
  'libmapped-pflogd': {
    summary: 'zero-copy on; libmap.conf gives pf logger another object in the place of libpcap',
    releases: ['15.1', '13.2'],
    machine: libmapped,
  },
  'preloaded-pflogd': {
    summary: 'zero-copy on; pflog_env preloads an object into pf logger',
    releases: ['15.1', '13.2'],
    machine: preloaded,
  },
  'plugin-capture': {
    summary:
      'a daemon nobody knows whose plugin brought libpcap in forked after opening its capture and lost it',
    releases: ['15.1'],
    machine: byPlugin,
  },
  'static-capture': {
    summary: 'a daemon nobody knows with libpcap linked in, healthy in zero-copy mode',
    releases: ['15.1', '13.2'],
    machine: linkedIn,
  },
} as const satisfies Readonly<Record<string, Scenario>>;
