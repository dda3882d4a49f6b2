import type {Behaviour, Process, Release, Unit} from './machine.js';
import {afterFork} from './memory-map.js';
import {bpfFile, plainFiles} from './open-files.js';
import {LIBPCAP_BUFFER} from './pflogd.js';
import {measuredMap} from './release-tables.js';

export interface TcpdumpOptions {
  readonly release: Release;
  readonly pid: number;
  readonly pgid: number;
  /** Seconds after boot. */
  readonly started: number;
  readonly behaviour: Exclude<Behaviour, 'buffered'>;
  readonly received: number;
  readonly holdLength: number;
  readonly storeLength: number;
  /**
   * Without -n tcpdump forks its name resolution helper after it opened the capture, and stalls.
   */
  readonly resolvesNames: boolean;
}

/** Base tcpdump in zero-copy mode, started by hand. */
export function tcpdump(options: TcpdumpOptions): Unit {
  const {release, pid, pgid, started, behaviour, resolvesNames} = options;
  const map = measuredMap(release, 'tcpdump-zerocopy');
  const common = {ppid: 1, user: 'root', started, tty: '-', unit: '', command: 'tcpdump'};
  const reader: Process = {
    ...common,
    pid,
    pgid,
    stat: resolvesNames ? 'RC' : 'SC',
    args: `tcpdump ${resolvesNames ? '' : '-n '}-i lo0 -w /tmp/t1.pcap icmp`,
  };
  const helper: Process = {
    ...common,
    pid: pid + 2,
    pgid: pid + 2,
    stat: 'Is',
    args: 'tcpdump: system.dns (tcpdump)',
  };
  return {
    processes: resolvesNames ? [reader, helper] : [reader],
    descriptors: [
      {
        pid,
        interfaceName: 'lo0',
        flags: 'p--s---',
        received: options.received,
        dropped: 0,
        matched: options.received,
        storeLength: options.storeLength,
        holdLength: options.holdLength,
        command: 'tcpdump',
        behaviour,
        packetsPerCall: 20,
        bytesPerPacket: 112,
        bufferSize: LIBPCAP_BUFFER,
      },
    ],
    openFiles: [
      ...plainFiles(reader, '/usr/sbin/tcpdump'),
      bpfFile(reader, 1, 0, 0),
      // The helper closed the descriptor; only the pages are shared.
      ...(resolvesNames ? plainFiles(helper, '/usr/sbin/tcpdump') : []),
    ],
    maps: resolvesNames
      ? new Map([
          [pid, afterFork(map, 'reader')],
          [helper.pid, afterFork(map, 'helper')],
        ])
      : new Map([[pid, map]]),
  };
}
