import type {Behaviour, Descriptor, Process, Release, Startable, Unit} from './machine.js';
import {bpfFile, plainFiles} from './open-files.js';
import {measuredMap} from './release-tables.js';

/** How far a capture has come when it is first looked at. */
export interface Progress {
  readonly received: number;
  readonly storeLength: number;
  readonly holdLength: number;
  /** Bytes read(2) has moved the file offset by. */
  readonly offset: number;
}

export interface PflogdOptions {
  readonly release: Release;
  /** The privileged parent, and the child that reads. */
  readonly pids: readonly number[];
  /** Seconds after boot. */
  readonly started: number;
  readonly behaviour: Behaviour;
  /** What the kernel was asked for when it started: decides the memory map. */
  readonly mode: 'buffered' | 'stalled';
  readonly progress: Progress;
}

/**
 * Bytes a logged packet takes, and packets between two looks: 80 packets filled 12156 bytes in the
 * captures.
 */
const BYTES_PER_PACKET = 152;
const PACKETS_PER_CALL = 40;
/** libpcap asks for buffers of 512 KiB and uses them but for the header of 32 bytes. */
export const LIBPCAP_BUFFER = 524256;

/** Base pflogd: opens the capture, then forks; the child reads (facts: fork-truth-table.md). */
export function pflogd(options: PflogdOptions): Unit {
  const {release, started, mode, behaviour, progress} = options;
  const [parent, child] = [options.pids[0] ?? 0, options.pids[1] ?? 0];
  const common = {pgid: parent, started, tty: '-', unit: 'pflog', command: 'pflogd'};
  const privileged: Process = {
    ...common,
    pid: parent,
    ppid: 1,
    user: 'root',
    stat: 'Ss',
    args: 'pflogd: [priv] (pflogd)',
  };
  const reader: Process = {
    ...common,
    pid: child,
    ppid: parent,
    user: '_pflogd',
    // After the first lost acknowledge select(2) answers at once, so the reader spins.
    stat: mode === 'stalled' ? 'R' : 'S',
    args: 'pflogd: [running] -s 116 -i pflog0 -f /var/log/pflog (pflogd)',
  };
  const descriptor: Descriptor = {
    pid: child,
    interfaceName: 'pflog0',
    flags: 'p--s--l',
    received: progress.received,
    dropped: 0,
    matched: progress.received,
    storeLength: progress.storeLength,
    holdLength: progress.holdLength,
    command: 'pflogd',
    behaviour,
    packetsPerCall: PACKETS_PER_CALL,
    bytesPerPacket: BYTES_PER_PACKET,
    bufferSize: LIBPCAP_BUFFER,
  };
  // Both hold it; a third reference is the read(2) that waits.
  const references = mode === 'stalled' ? 2 : 3;
  const growth = behaviour === 'buffered' ? PACKETS_PER_CALL * BYTES_PER_PACKET : 0;
  return {
    processes: [privileged, reader],
    descriptors: [descriptor],
    openFiles: [privileged, reader].flatMap((process) => [
      ...plainFiles(process, '/sbin/pflogd'),
      bpfFile(process, references, progress.offset, growth),
    ]),
    maps: new Map([
      [parent, measuredMap(release, `pflogd-${mode}-priv`)],
      [child, measuredMap(release, `pflogd-${mode}-running`)],
    ]),
  };
}

const NOTHING_YET: Progress = {received: 0, storeLength: 0, holdLength: 0, offset: 0};

/** pflogd as `service pflog start` starts it, in either mode. */
export const pflogService = (release: Release): Startable => ({
  name: 'pflog',
  libpcap: '/lib/libpcap.so.8',
  program: '/sbin/pflogd',
  buffered: (pids) =>
    pflogd({
      release,
      pids,
      started: 0,
      mode: 'buffered',
      behaviour: 'buffered',
      progress: NOTHING_YET,
    }),
  zerocopy: (pids) =>
    pflogd({
      release,
      pids,
      started: 0,
      mode: 'stalled',
      behaviour: 'stalled',
      progress: {...NOTHING_YET, received: 80, storeLength: 0, holdLength: 12156},
    }),
});
