import type {Process, Release, Unit} from './machine.js';
import {renamed} from './memory-map.js';
import {bpfFile, plainFiles} from './open-files.js';
import {measuredMap} from './release-tables.js';

const PROGRAM = '/sbin/dhclient';

/**
 * Base dhclient in a VNET jail: the privileged process, and the one that reads, without libpcap and
 * with nothing to read.
 */
export function dhclient(release: Release, pid: number, interfaceName: string): Unit {
  const common = {pgid: pid, started: 90, tty: '-', unit: '', command: 'dhclient'};
  const privileged: Process = {
    ...common,
    pid,
    ppid: 1,
    user: 'root',
    stat: 'Is',
    args: 'dhclient: system.syslog (dhclient)',
  };
  const reader: Process = {
    ...common,
    pid: pid + 1,
    ppid: pid,
    user: '_dhcp',
    stat: 'ICs',
    args: `dhclient: ${interfaceName} (dhclient)`,
  };
  const map = renamed(
    measuredMap(release, 'pflogd-buffered-running').filter((m) => !m.path.includes('libpcap')),
    {'/sbin/pflogd': PROGRAM},
  );
  return {
    processes: [privileged, reader],
    descriptors: [
      {
        pid: reader.pid,
        interfaceName,
        flags: '---s--l',
        received: 12,
        dropped: 0,
        matched: 4,
        storeLength: 0,
        holdLength: 0,
        command: 'dhclient',
        behaviour: 'idle',
        packetsPerCall: 0,
        bytesPerPacket: 0,
        bufferSize: 4096,
      },
    ],
    openFiles: [
      ...plainFiles(privileged, PROGRAM),
      ...plainFiles(reader, PROGRAM),
      bpfFile(reader, 1, 4096, 0),
    ],
    maps: new Map([
      [privileged.pid, map],
      [reader.pid, map],
    ]),
  };
}
