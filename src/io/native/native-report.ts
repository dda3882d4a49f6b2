import type {
  BenchResult,
  NativeDescriptor,
  NativeReport,
  ProbeCallFailure,
  ProbeCell,
  ProbeError,
} from '../../model/probe.js';
import {
  NATIVE_PROBLEMS,
  PROBE_INHERITS,
  PROBE_MODES,
  PROBE_SCENARIOS,
  PROBE_VERDICTS,
} from '../../model/probe.js';

import type {
  NativeBench,
  NativeCell,
  NativeDescriptorRecord,
  NativeResult,
  NativeRun,
} from './native-layout.js';

/** enum zbufprobe_step of native/zbufprobe.h, in its order. */
const STEPS = [
  'none',
  'open',
  'map',
  'minherit',
  'set-buffer-mode',
  'set-zero-copy-buffers',
  'set-buffer-length',
  'set-filter',
  'set-interface',
  'get-link-type',
  'set-direction',
  'set-immediate',
  'read',
  'rotate',
  'get-statistics',
  'fork',
  'exec',
  'spawn',
  'wait',
  'pipe',
  'socket',
  'interface-address',
  'send',
  'read-sysctl',
  'write-sysctl',
  'lock',
  'answer',
] as const;

/**
 * The result struct as the document the program prints.
 * @param wanted whether benchmarks were asked for: a run without any says so with an empty list
 */
export function reportOf(result: NativeResult, wanted: {readonly bench: boolean}): NativeReport {
  return {
    schema: 'zbufctl.native-probe/1',
    kernel: result.kernel,
    machine: result.machine,
    model: result.model !== 0,
    interface: result.ifname,
    zerocopyBefore: result.zerocopyBefore === -1 ? null : result.zerocopyBefore,
    zerocopyAfter: result.zerocopyAfter === -1 ? null : result.zerocopyAfter,
    elapsedMilliseconds: result.elapsedMs,
    ...(result.windows !== 0 && {
      enableWindow: {
        times: result.windows,
        longestMicroseconds: result.windowMaxUs,
        totalMicroseconds: Number(result.windowTotalUs),
      },
    }),
    ...(result.problem !== 0 && {error: errorOf(result)}),
    matrix: result.cells.slice(0, result.cellCount).map(cellOf),
    ...(wanted.bench && {bench: result.benches.slice(0, result.benchCount).map(benchOf)}),
    ...(result.inspected !== 0 && {
      descriptors: result.descriptors.slice(0, result.descriptorCount).map(descriptorOf),
      descriptorTotal: result.descriptorTotal,
    }),
  };
}

/** A number the library cannot have written is a mistake of ours, not of a host. */
function word<T>(words: readonly T[], i: number): T {
  const found = words[i];
  if (found === undefined)
    throw new Error(`the native library said ${i}, of ${words.length} words`);
  return found;
}

function failureOf(step: number, errno: number): {readonly failure?: ProbeCallFailure} {
  return step === 0 ? {} : {failure: {step: word(STEPS, step), errno}};
}

function errorOf({problem, step, error}: NativeResult): ProbeError {
  const code = word(NATIVE_PROBLEMS, problem - 1);
  if (step !== 0) return {code, step: word(STEPS, step), errno: error};
  return error === 0 ? {code} : {code, found: error};
}

const cellOf = (cell: NativeCell): ProbeCell => ({
  mode: word(PROBE_MODES, cell.mode),
  inherit: word(PROBE_INHERITS, cell.inherit),
  scenario: word(PROBE_SCENARIOS, cell.scenario),
  verdict: word(PROBE_VERDICTS, cell.verdict - 1),
  ...(cell.stalledAt !== 0 && {stalledAtRound: cell.stalledAt}),
  ...(cell.crashedAt !== 0 && {crashedAtRound: cell.crashedAt, signal: cell.signal}),
  exposed: cell.exposed !== 0,
  sent: cell.sent,
  parent: cell.parent,
  child: cell.child,
  seenByOther: cell.seen,
  ...(cell.hung !== 0 && {hung: true}),
  ...failureOf(cell.step, cell.error),
});

/** The middle one; of two the smaller. */
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;

const rate = ({received, microseconds}: NativeRun): number =>
  microseconds === 0 ? 0 : Math.floor((received * 1_000_000) / microseconds);

function benchOf(bench: NativeBench): BenchResult {
  const runs = bench.run.slice(0, bench.runs);
  return {
    mode: word(PROBE_MODES, bench.mode),
    packetBytes: bench.packetBytes,
    bufferBytes: bench.bufferBytes,
    runs: runs.map(({sent, received, dropped, microseconds, cpuUs, calls}) => ({
      sent,
      received,
      dropped,
      microseconds,
      cpuMicroseconds: cpuUs,
      systemCalls: calls,
    })),
    ...(runs.length > 0 && {
      median: {
        packetsPerSecond: median(runs.map(rate)),
        cpuMicroseconds: median(runs.map((run) => run.cpuUs)),
        systemCalls: median(runs.map((run) => run.calls)),
        dropped: median(runs.map((run) => run.dropped)),
      },
    }),
    ...failureOf(bench.step, bench.error),
  };
}

const BUFFER_MODES: Readonly<Record<number, NativeDescriptor['mode']>> = {1: 'buffer', 2: 'zbuf'};

const descriptorOf = (record: NativeDescriptorRecord): NativeDescriptor => ({
  pid: record.pid,
  interfaceName: record.ifname,
  mode: BUFFER_MODES[record.mode] ?? 'unknown',
  received: Number(record.received),
  dropped: Number(record.dropped),
  matched: Number(record.matched),
  storeLength: record.storeLength,
  holdLength: record.holdLength,
  bufferSize: record.bufferSize,
  zeroCopies: Number(record.zeroCopies),
  direction: record.direction,
  promiscuous: record.promiscuous !== 0,
  immediate: record.immediate !== 0,
  locked: record.locked !== 0,
});
