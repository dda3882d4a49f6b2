import type {DescriptorStats} from './evidence.js';
import type {ExactCount, Time, Tool, ZerocopyValue} from './values.js';

/** Words of the contract in the order of native/zbufprobe.h, which counts them from 0. */
export const PROBE_MODES = ['buffer', 'zbuf'] as const;
export type ProbeMode = (typeof PROBE_MODES)[number];

/** How the capture's pages pass to a child: minherit(2); `default`: it was not called. */
export const PROBE_INHERITS = ['default', 'copy', 'share', 'none', 'zero'] as const;
export type ProbeInherit = (typeof PROBE_INHERITS)[number];

export const PROBE_SCENARIOS = [
  'no-fork',
  'helper-alive',
  'helper-exits',
  'child-captures',
  'both-capture',
  'exec',
  'exec-late',
  'daemonize',
  'spawn',
] as const;
export type ProbeScenario = (typeof PROBE_SCENARIOS)[number];

export const PROBE_VERDICTS = ['delivered', 'stalled', 'crashed', 'unsupported'] as const;
export type ProbeVerdict = (typeof PROBE_VERDICTS)[number];

/** The rows of the matrix: pages can be inherited in zero-copy mode only. */
export const PROBE_ROWS: readonly {readonly mode: ProbeMode; readonly inherit: ProbeInherit}[] = [
  {mode: 'buffer', inherit: 'default'},
  ...PROBE_INHERITS.map((inherit) => ({mode: 'zbuf', inherit}) as const),
];

/** Rounds a cell plays; the fork is between the first and the second. */
export const PROBE_ROUNDS = 6;

export interface ProbeCellId {
  readonly mode: ProbeMode;
  readonly inherit: ProbeInherit;
  readonly scenario: ProbeScenario;
}

/** The system call that failed, and its errno (FreeBSD's numbers). */
export interface ProbeCallFailure {
  readonly step: CallName;
  readonly errno: ExactCount;
}

/** @pattern ^[a-z][a-z0-9-]{0,39}$ */
export type CallName = string;

/**
 * From 1.
 * @asType integer
 * @minimum 1
 * @maximum 6
 */
export type Round = number;

/**
 * A number a round.
 * @minItems 6
 * @maxItems 6
 */
export type Packets = readonly PacketsOfRound[];

/**
 * @asType integer
 * @minimum 0
 * @maximum 65535
 */
export type PacketsOfRound = number;

/**
 * One way to capture in one scenario.
 * @conditions [
 *   {
 *     "if": {"properties": {"verdict": {"const": "stalled"}}},
 *     "then": {"required": ["stalledAtRound"]}
 *   },
 *   {
 *     "if": {"properties": {"verdict": {"const": "crashed"}}},
 *     "then": {"required": ["crashedAtRound"]}
 *   },
 *   {
 *     "if": {"properties": {"verdict": {"const": "delivered"}}},
 *     "then": {"properties": {"stalledAtRound": false, "crashedAtRound": false, "hung": false}}
 *   },
 *   {
 *     "if": {"properties": {"mode": {"const": "buffer"}}},
 *     "then": {"properties": {"inherit": {"const": "default"}}}
 *   }
 * ]
 */
export interface ProbeCell extends ProbeCellId {
  readonly verdict: ProbeVerdict;
  /** The first round of which not every packet was seen by a process that captures. */
  readonly stalledAtRound?: Round;
  readonly crashedAtRound?: Round;
  /**
   * That ended the process which crashed.
   * @asType integer
   * @minimum 1
   * @maximum 127
   */
  readonly signal?: number;
  /** The process that does not capture could read the packets in its own memory. */
  readonly exposed: boolean;
  readonly sent: Packets;
  readonly parent: Packets;
  readonly child: Packets;
  /** Those found in the memory of the process that takes none. */
  readonly seenByOther: Packets;
  /** A process of the scenario did not answer and was killed. */
  readonly hung?: true;
  readonly failure?: ProbeCallFailure;
}

export interface BenchRun {
  readonly sent: ExactCount;
  readonly received: ExactCount;
  readonly dropped: ExactCount;
  /** From the first packet sent to the last one received. */
  readonly microseconds: ExactCount;
  /** Of the reading process, user and system. */
  readonly cpuMicroseconds: ExactCount;
  /** Made by the reading process. */
  readonly systemCalls: ExactCount;
}

export interface BenchResult {
  readonly mode: ProbeMode;
  /** UDP payload. */
  readonly packetBytes: ExactCount;
  readonly bufferBytes: ExactCount;
  /** @maxItems 3 */
  readonly runs: readonly BenchRun[];
  /** Absent when no run was finished. */
  readonly median?: {
    readonly packetsPerSecond: ExactCount;
    readonly cpuMicroseconds: ExactCount;
    readonly systemCalls: ExactCount;
    readonly dropped: ExactCount;
  };
  readonly failure?: ProbeCallFailure;
}

/** Why there is no result, or not all of it; said by the native probe. */
export const NATIVE_PROBLEMS = [
  'not-root',
  'zerocopy-off',
  'no-zerocopy',
  'cannot-enable',
  'not-restored',
  'locked',
  'time-limit',
  'stopped',
  'bad-structsize',
  'bad-length',
  'system-call',
  'no-traffic',
] as const;
export type NativeProblem = (typeof NATIVE_PROBLEMS)[number];

export interface ProbeError {
  readonly code: NativeProblem;
  readonly step?: CallName;
  readonly errno?: ExactCount;
  /** The size or length found, for bad-structsize and bad-length. */
  readonly found?: ExactCount;
}

/** A record of net.bpf.stats, all of it that the probe shows. */
export interface NativeDescriptor extends DescriptorStats {
  /** @maxLength 15 */
  readonly interfaceName: string;
  /** 0 in, 1 both, 2 out. */
  readonly direction: ExactCount;
  readonly promiscuous: boolean;
  readonly immediate: boolean;
  readonly locked: boolean;
}

/** What the native probe says, as a program and as a library alike. */
export interface NativeReport {
  readonly schema: 'zbufctl.native-probe/1';
  /**
   * uname -r; `model` for the model.
   * @maxLength 63
   */
  readonly kernel: string;
  /**
   * uname -m
   * @maxLength 31
   */
  readonly machine: string;
  /** True when it was a model of the kernel, which proves nothing about a kernel. */
  readonly model: boolean;
  /** @maxLength 15 */
  readonly interface: string;
  /** null when it was not or could not be read. */
  readonly zerocopyBefore: ZerocopyValue | null;
  readonly zerocopyAfter: ZerocopyValue | null;
  readonly elapsedMilliseconds: ExactCount;
  /** Present when the probe had to set the sysctl: how often, and for how long. */
  readonly enableWindow?: {
    readonly times: ExactCount;
    readonly longestMicroseconds: ExactCount;
    readonly totalMicroseconds: ExactCount;
  };
  readonly error?: ProbeError;
  /** @maxItems 54 */
  readonly matrix: readonly ProbeCell[];
  /** @maxItems 12 */
  readonly bench?: readonly BenchResult[];
  /**
   * Present when net.bpf.stats was read; the first 256 of `descriptorTotal`.
   * @maxItems 256
   */
  readonly descriptors?: readonly NativeDescriptor[];
  readonly descriptorTotal?: ExactCount;
}

/** Why a host gave no result of the native probe at all; said by the controller. */
export const REMOTE_PROBLEMS = [
  'unreachable', //  no connection, or it was cut
  'not-freebsd',
  'no-program', //   none prebuilt for the machine, and no compiler there
  'no-place', //     no folder takes it: noexec, full, read-only
  'checksum', //     what arrived is not what was sent
  'compiler',
  'cannot-run', //   it did not start, or a signal ended it
  'bad-output',
] as const;
export type RemoteProblem = (typeof REMOTE_PROBLEMS)[number];

export interface RemoteProbeError {
  readonly code: RemoteProblem;
  readonly message: string;
  readonly fix: string;
  /** What a program there printed; for -v. */
  readonly detail?: string;
}

/** A host's entry in a probe run. */
export interface ProbedHost extends Omit<NativeReport, 'schema' | 'error'> {
  readonly host: string;
  /** Present on a practice host: whatever answered there, no kernel did. */
  readonly practice?: true;
  readonly error?: ProbeError | RemoteProbeError;
}

/** One probe run, stored. */
export interface ProbeRun {
  readonly schema: 'zbufctl.probe/1';
  /** @maxLength 200 */
  readonly run: string;
  readonly startedAt: Time;
  readonly finishedAt: Time;
  readonly tool: Tool;
  readonly hosts: readonly ProbedHost[];
}

/** What a cell is expected to be: shares of the packets sent, a number a round (1: all of them). */
export interface ExpectedCell extends ProbeCellId {
  readonly verdict: ProbeVerdict;
  readonly stalledAtRound?: number;
  readonly crashedAtRound?: number;
  readonly exposed: boolean;
  readonly parent: readonly number[];
  readonly child: readonly number[];
  /**
   * `measured` on FreeBSD kernels; `reading`: follows from their source and from what was measured.
   */
  readonly basis: 'measured' | 'reading';
}

/** Something in a matrix that is not as expected. */
export interface ProbeDifference extends ProbeCellId {
  readonly what:
    'missing' | 'verdict' | 'stalledAtRound' | 'crashedAtRound' | 'exposed' | 'parent' | 'child';
  readonly expected: string;
  readonly found: string;
  readonly basis: ExpectedCell['basis'];
}

/** What a matrix says about one mode, in a sentence. */
export interface ProbeConclusion {
  readonly mode: ProbeMode;
  /**
   * Is there a way to use the mode in a program that forks? `unknown` when the matrix does not say.
   */
  readonly safeForForks: 'yes' | 'no' | 'unknown';
  /** The ways to inherit with which every scenario was delivered. */
  readonly safeInherits: readonly ProbeInherit[];
  readonly sentence: string;
}

/** A host's entry, and when it was made: a probe speaks for the kernel it ran on, and gets old. */
export interface StoredProbe {
  readonly run: string;
  readonly at: Time;
  /** @ref urn:zbufctl:probe:1#/$defs/probedHost */
  readonly host: ProbedHost;
  /** A newer try that came to no result. */
  readonly laterTry?: StoredProbe;
}
