import koffi from 'koffi';
import type {LibraryHandle} from 'koffi';

import type {NativeReport, ProbeCellId, ProbeVerdict} from '../../model/probe.js';
import {PROBE_ROWS, PROBE_SCENARIOS, PROBE_VERDICTS} from '../../model/probe.js';

import type {NativeResult} from './native-layout.js';
import {
  NATIVE_FLAGS,
  NATIVE_REFUSED,
  NATIVE_VERSION,
  requestType,
  resultType,
} from './native-layout.js';
import {reportOf} from './native-report.js';

export interface NativeProbeRequest {
  readonly matrix: boolean;
  readonly bench: boolean;
  /** Read net.bpf.stats. */
  readonly inspect: boolean;
  /** Set net.bpf.zerocopy_enable where needed, for microseconds, and restore it. */
  readonly allowEnable: boolean;
  /** These cells of the matrix; absent: all. */
  readonly cells?: readonly ProbeCellId[];
  /** A round, 1 to 100; absent: 20. */
  readonly packets?: number;
  /** Seconds, 60 at most; absent: 15. */
  readonly timeLimit?: number;
  /** Absent: lo0. */
  readonly interfaceName?: string;
}

/** Something was finished: a cell with its verdict, or, without `cell`, a benchmark. */
export interface NativeProgress {
  readonly done: number;
  readonly total: number;
  readonly cell?: ProbeCellId & {readonly verdict: ProbeVerdict};
}

/** libzbufprobe or libzbufprobe-model, loaded. */
export interface NativeProbe {
  /**
   * Runs the probe in the library's own processes, without blocking this one. Aborting stops it
   * after the cell in play; what was finished is reported, with error `stopped`.
   */
  run(
    request: NativeProbeRequest,
    options?: {
      readonly onProgress?: (progress: NativeProgress) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<NativeReport>;
  /** Decodes the bytes of net.bpf.stats; `error` says when they are of another layout. */
  decode(bytes: Uint8Array): NativeReport;
}

type NativeFunction = ReturnType<LibraryHandle['func']>;

const progressType = koffi.proto(
  'int zbufprobe_progress(uint32_t done, uint32_t total, uint32_t row, uint32_t scenario, uint32_t verdict)',
);

/** Why a library cannot be used. */
export class NativeMismatch extends Error {}

/**
 * Loads the library.
 * @param path absolute
 * @throws NativeMismatch when it is no library of ours; its functions throw it when it is of
 *   another version
 */
export function loadNativeProbe(path: string): NativeProbe {
  const {run, decode} = functionsOf(path);
  const call = async (request: Buffer, result: Buffer, progress: unknown): Promise<number> =>
    new Promise((resolve, reject) => {
      run.async(request, result, progress, (error: Error | null, status: number) => {
        if (error === null) resolve(status);
        else reject(error);
      });
    });

  return {
    async run(request, {onProgress, signal} = {}) {
      const result = newResult();
      const progress = (...numbers: [number, number, number, number, number]): number => {
        onProgress?.(progressOf(...numbers));
        return signal?.aborted === true ? 1 : 0;
      };
      refuseMismatch(await call(encodeRequest(request), result, progress), path);
      return reportOf(koffi.decode(result, resultType) as NativeResult, request);
    },
    decode(bytes) {
      const result = newResult();
      refuseMismatch(decode(bytes, bytes.length, result) as number, path);
      return reportOf(koffi.decode(result, resultType) as NativeResult, {bench: false});
    },
  };
}

function functionsOf(path: string): {
  readonly run: NativeFunction;
  readonly decode: NativeFunction;
} {
  try {
    const library = koffi.load(path);
    return {
      run: library.func('zbufprobe_run', 'int', ['void *', 'void *', koffi.pointer(progressType)]),
      decode: library.func('zbufprobe_decode', 'int', ['void *', 'size_t', 'void *']),
    };
  } catch (error) {
    throw new NativeMismatch(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseMismatch(status: number, path: string): void {
  if (status === 0) return;
  throw new NativeMismatch(
    status === NATIVE_REFUSED
      ? `${path} is of another version than this zbufctl (expected ${NATIVE_VERSION})`
      : `${path} answered ${status}`,
  );
}

/** The library looks at size and version before it writes anything. */
function newResult(): Buffer {
  const size = koffi.sizeof(resultType);
  const result = Buffer.alloc(size);
  result.writeUInt32LE(size, 0);
  result.writeUInt32LE(NATIVE_VERSION, 4);
  return result;
}

function encodeRequest(request: NativeProbeRequest): Buffer {
  const size = koffi.sizeof(requestType);
  const bytes = Buffer.alloc(size);
  koffi.encode(bytes, requestType, {
    size,
    version: NATIVE_VERSION,
    flags:
      (request.matrix ? NATIVE_FLAGS.matrix : 0) |
      (request.bench ? NATIVE_FLAGS.bench : 0) |
      (request.inspect ? NATIVE_FLAGS.inspect : 0) |
      (request.allowEnable ? NATIVE_FLAGS.allowEnable : 0),
    packets: request.packets ?? 0,
    timeLimitMs: (request.timeLimit ?? 0) * 1000,
    pad: 0,
    cells: (request.cells ?? []).reduce((mask, cell) => mask | cellBit(cell), 0n),
    ifname: request.interfaceName ?? '',
  });
  return bytes;
}

function cellBit({mode, inherit, scenario}: ProbeCellId): bigint {
  const row = PROBE_ROWS.findIndex((r) => r.mode === mode && r.inherit === inherit);
  if (row === -1) throw new RangeError(`no such cell: ${mode}/${inherit}`);
  return 1n << BigInt(row * PROBE_SCENARIOS.length + PROBE_SCENARIOS.indexOf(scenario));
}

function progressOf(
  done: number,
  total: number,
  row: number,
  scenario: number,
  verdict: number,
): NativeProgress {
  const how = PROBE_ROWS[row];
  const which = PROBE_SCENARIOS[scenario];
  const said = PROBE_VERDICTS[verdict - 1];
  if (how === undefined || which === undefined || said === undefined) return {done, total};
  return {done, total, cell: {...how, scenario: which, verdict: said}};
}
