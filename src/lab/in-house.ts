import type {Mapping, Process, Release, Startable, Unit} from './machine.js';
import {afterFork, afterParentExit, bufferMappings, inserted, renamed} from './memory-map.js';
import {bpfFile, plainFiles} from './open-files.js';
import {releaseFacts} from './release-facts.js';
import {measuredMap} from './release-tables.js';

/**
 * A daemon no knowledge base has heard of, in zero-copy mode.
 *
 * - `forks-after-open`: parent and child live; the child reads and has lost its buffers
 * - `forks-before-open`: the child opened the capture itself: inherited memory, but buffers of its
 *   own
 * - `daemonizes-after-open`: daemon(3) after the open: all memory inherited, the parent gone, alive
 */
export type InHousePattern = 'forks-after-open' | 'forks-before-open' | 'daemonizes-after-open';

export interface InHouseOptions {
  readonly release: Release;
  readonly name: string;
  readonly pattern: InHousePattern;
  /** Two pids; a daemon has only the first. */
  readonly pids: readonly number[];
  /** Seconds after boot. */
  readonly started: number;
  readonly interfaceName: string;
  /** Pages of one buffer. */
  readonly bufferPages: number;
  /** Path of the libpcap it loads. */
  readonly libpcap: string;
  /** Default zerocopy. */
  readonly mode?: 'zerocopy' | 'buffered';
}

const PACKETS_PER_CALL = 64;
const BYTES_PER_PACKET = 320;

export const inHouseProgram = (name: string): string => `/usr/local/sbin/${name}`;

export function inHouse(options: InHouseOptions): Unit {
  const {name, pattern, started, bufferPages} = options;
  const [first, second] = [options.pids[0] ?? 0, options.pids[1] ?? 0];
  const alone = pattern === 'daemonizes-after-open';
  const isBuffered = options.mode === 'buffered';
  const behaviour = isBuffered
    ? 'buffered'
    : pattern === 'forks-after-open'
      ? 'stalled'
      : 'zerocopy';
  const common = {pgid: first, started, tty: '-', unit: name, command: name};
  const control: Process = {
    ...common,
    pid: first,
    ppid: 1,
    user: 'root',
    stat: 'Is',
    args: `${name}: control (${name})`,
  };
  const reader: Process = {
    ...common,
    pid: alone ? first : second,
    ppid: alone ? 1 : first,
    user: 'root',
    stat: behaviour === 'stalled' ? 'R' : alone ? 'Ss' : 'S',
    args: `${inHouseProgram(name)} -i ${options.interfaceName} -o /var/db/${name}`,
  };
  const processes = alone ? [reader] : [control, reader];
  const holders = pattern === 'forks-before-open' ? [reader] : processes;
  const maps = mapsOf(options);
  return {
    processes,
    descriptors: [
      {
        pid: reader.pid,
        interfaceName: options.interfaceName,
        flags: 'p--s---',
        received: isBuffered ? 0 : 5120,
        dropped: 0,
        matched: isBuffered ? 0 : 4096,
        storeLength: behaviour === 'stalled' ? 40960 : 0,
        holdLength: isBuffered ? 0 : 20480,
        command: name,
        behaviour,
        packetsPerCall: PACKETS_PER_CALL,
        bytesPerPacket: BYTES_PER_PACKET,
        bufferSize: bufferPages * 4096 - 32,
      },
    ],
    openFiles: processes.flatMap((process) => [
      ...plainFiles(process, inHouseProgram(name)),
      ...(holders.includes(process)
        ? [
            bpfFile(
              process,
              holders.length,
              0,
              isBuffered ? PACKETS_PER_CALL * BYTES_PER_PACKET : 0,
            ),
          ]
        : []),
    ]),
    maps: new Map(
      processes.map((process) => [process.pid, process === reader ? maps.reader : maps.control]),
    ),
  };
}

interface Maps {
  readonly reader: readonly Mapping[];
  readonly control: readonly Mapping[];
}

/**
 * Made from pflogd's measured map: a small daemon that has forked, its program and libpcap renamed.
 */
function mapsOf({release, name, pattern, bufferPages, libpcap, mode}: InHouseOptions): Maps {
  const paths = {'/sbin/pflogd': inHouseProgram(name), '/lib/libpcap.so.8': libpcap};
  const before = renamed(measuredMap(release, 'pflogd-buffered-running'), paths);
  const control = renamed(measuredMap(release, 'pflogd-buffered-priv'), paths);
  if (mode === 'buffered') return {reader: before, control};
  const last = before.at(-3)?.start ?? '500000000000';
  const buffers = bufferMappings(
    releaseFacts(release).anonymous,
    bufferPages,
    BigInt(`0x${last}`) + 0x10000000n,
  );
  const withBuffers = inserted(before, buffers);
  switch (pattern) {
    case 'forks-after-open':
      return {
        reader: afterFork(withBuffers, 'reader'),
        control: inserted(control, afterFork(buffers, 'helper')),
      };
    case 'forks-before-open':
      return {reader: withBuffers, control};
    case 'daemonizes-after-open':
      return {reader: afterParentExit(withBuffers), control};
  }
}

/** As its rc script starts it: in buffered mode nothing can be lost. */
export const inHouseService = (options: Omit<InHouseOptions, 'pids' | 'started'>): Startable => ({
  name: options.name,
  libpcap: options.libpcap,
  program: inHouseProgram(options.name),
  zerocopy: (pids) => inHouse({...options, pids, started: 0}),
  // What a child of the capture shares it does not lose.
  moded: {inherit: (pids) => inHouse({...options, pattern: 'forks-before-open', pids, started: 0})},
  buffered: (pids) => inHouse({...options, pids, started: 0, mode: 'buffered'}),
});
