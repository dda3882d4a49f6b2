import koffi from 'koffi';

import {PROBE_ROUNDS, PROBE_ROWS, PROBE_SCENARIOS} from '../../model/probe.js';

/**
 * The structs of native/zbufprobe.h, member by member; their sizes are compared when the library is
 * loaded.
 */
export const NATIVE_VERSION = 1;
export const NATIVE_FLAGS = {matrix: 0x1, bench: 0x2, inspect: 0x4, allowEnable: 0x8} as const;
/** zbufprobe_run and zbufprobe_decode return this for a size or version that is not theirs. */
export const NATIVE_REFUSED = 43;

const CELLS = PROBE_ROWS.length * PROBE_SCENARIOS.length;
const RUNS = 3;
const BENCHES = 12;
const DESCRIPTORS = 256;

const rounds = koffi.array('uint16_t', PROBE_ROUNDS, 'Array');

export const requestType = koffi.struct({
  size: 'uint32_t',
  version: 'uint32_t',
  flags: 'uint32_t',
  packets: 'uint32_t',
  timeLimitMs: 'uint32_t',
  pad: 'uint32_t',
  cells: 'uint64_t',
  ifname: koffi.array('char', 16, 'String'),
});

const cellType = koffi.struct({
  mode: 'uint8_t',
  inherit: 'uint8_t',
  scenario: 'uint8_t',
  verdict: 'uint8_t',
  exposed: 'uint8_t',
  stalledAt: 'uint8_t',
  crashedAt: 'uint8_t',
  signal: 'uint8_t',
  step: 'uint8_t',
  hung: 'uint8_t',
  pad: koffi.array('uint8_t', 2, 'Array'),
  error: 'int32_t',
  sent: rounds,
  parent: rounds,
  child: rounds,
  seen: rounds,
});

const runType = koffi.struct({
  sent: 'uint32_t',
  received: 'uint32_t',
  dropped: 'uint32_t',
  microseconds: 'uint32_t',
  cpuUs: 'uint32_t',
  calls: 'uint32_t',
});

const benchType = koffi.struct({
  mode: 'uint8_t',
  runs: 'uint8_t',
  step: 'uint8_t',
  pad: 'uint8_t',
  error: 'int32_t',
  packetBytes: 'uint32_t',
  bufferBytes: 'uint32_t',
  run: koffi.array(runType, RUNS, 'Array'),
});

const descriptorType = koffi.struct({
  pid: 'int32_t',
  mode: 'uint32_t',
  received: 'uint64_t',
  dropped: 'uint64_t',
  matched: 'uint64_t',
  zeroCopies: 'uint64_t',
  storeLength: 'uint32_t',
  holdLength: 'uint32_t',
  bufferSize: 'uint32_t',
  direction: 'uint32_t',
  promiscuous: 'uint8_t',
  immediate: 'uint8_t',
  locked: 'uint8_t',
  pad: koffi.array('uint8_t', 5, 'Array'),
  ifname: koffi.array('char', 16, 'String'),
});

export const resultType = koffi.struct({
  size: 'uint32_t',
  version: 'uint32_t',
  problem: 'uint32_t',
  step: 'uint32_t',
  error: 'int32_t',
  model: 'uint32_t',
  zerocopyBefore: 'int32_t',
  zerocopyAfter: 'int32_t',
  windows: 'uint32_t',
  windowMaxUs: 'uint32_t',
  windowTotalUs: 'uint64_t',
  elapsedMs: 'uint32_t',
  cellCount: 'uint32_t',
  benchCount: 'uint32_t',
  inspected: 'uint32_t',
  descriptorCount: 'uint32_t',
  descriptorTotal: 'uint32_t',
  kernel: koffi.array('char', 64, 'String'),
  machine: koffi.array('char', 32, 'String'),
  ifname: koffi.array('char', 16, 'String'),
  cells: koffi.array(cellType, CELLS, 'Array'),
  benches: koffi.array(benchType, BENCHES, 'Array'),
  descriptors: koffi.array(descriptorType, DESCRIPTORS, 'Array'),
});

/** As koffi decodes them; a uint64_t is a bigint only beyond 2^53. */
export interface NativeCell {
  readonly mode: number;
  readonly inherit: number;
  readonly scenario: number;
  readonly verdict: number;
  readonly exposed: number;
  readonly stalledAt: number;
  readonly crashedAt: number;
  readonly signal: number;
  readonly step: number;
  readonly hung: number;
  readonly error: number;
  readonly sent: readonly number[];
  readonly parent: readonly number[];
  readonly child: readonly number[];
  readonly seen: readonly number[];
}

export interface NativeRun {
  readonly sent: number;
  readonly received: number;
  readonly dropped: number;
  readonly microseconds: number;
  readonly cpuUs: number;
  readonly calls: number;
}

export interface NativeBench {
  readonly mode: number;
  readonly runs: number;
  readonly step: number;
  readonly error: number;
  readonly packetBytes: number;
  readonly bufferBytes: number;
  readonly run: readonly NativeRun[];
}

export interface NativeDescriptorRecord {
  readonly pid: number;
  readonly mode: number;
  readonly received: number | bigint;
  readonly dropped: number | bigint;
  readonly matched: number | bigint;
  readonly zeroCopies: number | bigint;
  readonly storeLength: number;
  readonly holdLength: number;
  readonly bufferSize: number;
  readonly direction: number;
  readonly promiscuous: number;
  readonly immediate: number;
  readonly locked: number;
  readonly ifname: string;
}

export interface NativeResult {
  readonly problem: number;
  readonly step: number;
  readonly error: number;
  readonly model: number;
  readonly zerocopyBefore: number;
  readonly zerocopyAfter: number;
  readonly windows: number;
  readonly windowMaxUs: number;
  readonly windowTotalUs: number | bigint;
  readonly elapsedMs: number;
  readonly cellCount: number;
  readonly benchCount: number;
  readonly inspected: number;
  readonly descriptorCount: number;
  readonly descriptorTotal: number;
  readonly kernel: string;
  readonly machine: string;
  readonly ifname: string;
  readonly cells: readonly NativeCell[];
  readonly benches: readonly NativeBench[];
  readonly descriptors: readonly NativeDescriptorRecord[];
}
