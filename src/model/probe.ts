/** The probe's documents, as in the contract. */
export const PROBE_MODES = ['buffer', 'zbuf'] as const;
export type ProbeMode = (typeof PROBE_MODES)[number];

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

export type ProbeVerdict = 'delivered' | 'stalled' | 'crashed' | 'unsupported';

/** One combination and what the kernel did: packets counted a round, never a return value believed. */
export interface ProbeCell {
  readonly mode: ProbeMode;
  readonly inherit: ProbeInherit;
  readonly scenario: ProbeScenario;
  readonly verdict: ProbeVerdict;
  /** 1-based, when stalled. */
  readonly stalledAtRound?: number;
  /** The process that does not capture could read the packets. */
  readonly exposed: boolean;
  readonly parent: readonly number[];
  readonly child: readonly number[];
  readonly sent: readonly number[];
}

/** One host's probe result. */
export interface ProbedHost {
  readonly host: string;
  /** uname -r and -v of the kernel that answered, one line. */
  readonly kernel: string;
  readonly machine: string;
  /** True when the answer is the model's, not a kernel's. */
  readonly model: boolean;
  readonly zerocopyBefore: number | null;
  readonly zerocopyAfter: number | null;
  readonly error?: string;
  readonly matrix: readonly ProbeCell[];
  readonly bench?: readonly unknown[];
}

export interface ProbeRun {
  readonly schema: 'zbufctl.probe/1';
  readonly run: string;
  readonly hosts: readonly ProbedHost[];
}
