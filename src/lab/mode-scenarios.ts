import type {ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP, MODE_MAP, objectPath} from '../model/mode.js';

import {BOOT_ON, bufferedPflogd, healthy, ownDaemon} from './capture-scenarios.js';
import type {HostFile, Machine} from './machine.js';
import {modeObjectFile} from './mode-object.js';
import {bufferedTcpdump, inheritingPflogd, privateTcpdump, withObject} from './moded.js';
import {ZEROCOPY_LIBPCAP} from './release-facts.js';
import type {Scenario, Setting} from './scenario.js';

const PFLOGD = '/sbin/pflogd';
const TCPDUMP = '/usr/sbin/tcpdump';

/** As zbufctl writes it (src/freebsd/mode-map.ts). */
const mapping = (program: string, mode: ObjectMode): HostFile => ({
  content: `# Written by zbufctl, whole: what is added by hand is lost. See: zbufctl explain modes\n[${program}]\n${MODE_LIBPCAP.name}  ${objectPath(mode)}\n`,
});

/** pf's logger on a host that has zero-copy on, now and at boot. */
const switchedOn = (setting: Setting): Machine => ({
  ...healthy(setting),
  sysctls: {'net.bpf.zerocopy_enable': '1'},
  libpcap: ZEROCOPY_LIBPCAP,
  files: {'/etc/sysctl.conf': BOOT_ON},
});

function given(machine: Machine, program: string, mode: ObjectMode): Machine {
  return {
    ...machine,
    files: {
      ...machine.files,
      [MODE_MAP]: mapping(program, mode),
      [objectPath(mode)]: modeObjectFile(mode),
    },
  };
}

const buffered = (setting: Setting): Machine => ({
  ...given(switchedOn(setting), PFLOGD, 'buffered'),
  units: [withObject(bufferedPflogd(setting.release), 'buffered')],
});

/**
 * Base of 13.2 cannot do zero-copy, and somebody put a newer libpcap in its place, as on the host
 * of the facts.
 */
const inherit = (setting: Setting): Machine => ({
  ...given(switchedOn(setting), PFLOGD, 'inherit'),
  units: [withObject(inheritingPflogd(setting.release), 'inherit')],
});

function alone(setting: Setting): Machine {
  const {pflog_enable: _, ...rcConf} = switchedOn(setting).rcConf as Record<string, string>;
  return {
    ...given(switchedOn(setting), TCPDUMP, 'private'),
    rcConf,
    units: [withObject(privateTcpdump(setting.release), 'private')],
  };
}

function shadowed(setting: Setting): Machine {
  const machine = given(switchedOn(setting), PFLOGD, 'buffered');
  return {
    ...machine,
    units: [bufferedPflogd(setting.release)],
    files: {
      ...machine.files,
      '/etc/libmap.conf': {
        content: 'includedir /usr/local/etc/libmap.d\n[/sbin/]\nlibGL.so.1 libGL-other.so.1\n',
      },
    },
  };
}

/** Three captures that zero-copy is good for, or not, all of them buffered as yet. */
function mixed(setting: Setting): Machine {
  const base = healthy(setting);
  const sensor = ownDaemon(setting, {
    name: 'suricata',
    pattern: 'forks-before-open',
    interfaceName: 'vtnet0',
    bufferPages: 96,
    mode: 'buffered',
  });
  return {
    ...base,
    libpcap: ZEROCOPY_LIBPCAP,
    units: [...base.units, ...sensor.units, bufferedTcpdump(setting.release)],
    startables: sensor.startables,
    rcConf: {...base.rcConf, suricata_enable: 'YES'},
    extraServices: sensor.extraServices,
    files: {...sensor.files, ...base.files},
  };
}

/** Hosts on which a program was given a buffer mode. */
export const modeScenarios = {
  'mode-buffered': {
    summary: 'zero-copy on; pf logger is given buffered mode, and loses nothing',
    releases: ['15.1', '13.2'],
    machine: buffered,
  },
  'mode-inherit': {
    summary: 'zero-copy on; pf logger captures in it with buffers its child shares',
    releases: ['15.1', '13.2'],
    machine: inherit,
  },
  'mode-private': {
    summary:
      'zero-copy on; tcpdump without -n captures in it, its helper does not have the buffers',
    releases: ['15.1', '13.2'],
    machine: alone,
  },
  'mixed-captures': {
    summary:
      'zero-copy off; pf logger, a sensor and a tcpdump that resolves names capture in buffered mode',
    releases: ['15.1', '13.2'],
    machine: mixed,
  },
  'mode-shadowed': {
    summary:
      'zero-copy on; pf logger is given buffered mode, and another section of libmap.conf shadows it',
    releases: ['15.1', '13.2'],
    machine: shadowed,
  },
} as const satisfies Readonly<Record<string, Scenario>>;
