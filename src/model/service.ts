/** What the other process does after the fork; it decides, not who captures (facts: fork-truth-table, libpcap history 6). */
export type OtherSide =
  | 'none'
  | 'exits-at-once'
  | 'execs-at-once'
  | 'parent-waits'
  | 'execs-late'
  | 'runs-for-seconds'
  | 'lives-on'
  | 'unknown';

export type ForkPattern =
  | 'none'
  | 'fork-before-open'
  | 'fork-exec-after-open'
  | 'fork-helper-after-open'
  | 'fork-child-captures'
  | 'fork-both-capture'
  | 'unverified';

export type RequestsZerocopy = 'via-libpcap' | 'direct' | 'never' | 'unverified';

/** One capture program of the knowledge base, or of the operator's policy. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
  /** Process names (ps comm) it runs under; a trailing * matches the rest. */
  readonly commands: readonly string[];
  /** Script name under rc.d; absent: not started by rc, or not known. */
  readonly rcScript?: string;
  /** e.g. pflog_enable */
  readonly rcVariable?: string;
  readonly flagsVariables: readonly string[];
  readonly captureApi: string;
  readonly requestsZerocopy: RequestsZerocopy;
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  readonly notes: string;
  /** Settings that give another pattern, in order; the first whose condition holds wins. */
  readonly variants: readonly ServiceVariant[];
  /** Where it is known from: file and function read, or the policy file. */
  readonly evidence: readonly string[];
  readonly verified: boolean;
}

/** A setting of the program that changes its pattern. */
export interface ServiceVariant {
  readonly when: string;
  /** Decidable from the command line; absent: cannot be seen from outside, shown to people only. */
  readonly condition?: FlagCondition;
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  readonly note?: string;
}

/** A condition on a program's arguments. */
export interface FlagCondition {
  /** Every one of these must be given; alternatives inside one member are joined by '|'. E.g. ["-z", "-C|-G"]. */
  readonly all: readonly string[];
  /** None of these may be given. */
  readonly none: readonly string[];
}
