/**
 * What the other process does after the fork; it decides, not who captures (facts:
 * fork-truth-table, libpcap history 6).
 */
export type OtherSide =
  | 'none'
  | 'exits-at-once'
  | 'execs-at-once'
  | 'parent-waits'
  /**
   * vfork, popen, system, posix_spawn: FreeBSD's libc copies nothing, so nothing becomes
   * copy-on-write.
   */
  | 'spawns-without-copy'
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
  /**
   * What the rc script puts on the command line besides the flags variable; absent: the script was
   * not read.
   */
  readonly rcArguments?: RcArguments;
  /**
   * For a program that shares its process name with others (interpreters): a glob its arguments
   * must match.
   */
  readonly argumentsMatch?: string;
  /**
   * How the program reads its command line; absent: not known, then only plain flags are
   * recognised.
   */
  readonly options?: OptionGrammar;
  readonly captureApi: string;
  readonly requestsZerocopy: RequestsZerocopy;
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  /** Which process reads packets after the fork, for people. */
  readonly reader?: string;
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
  /**
   * Decidable from the command line; absent: cannot be seen from outside, so it may or may not
   * hold.
   */
  readonly condition?: FlagCondition;
  /** For a variant without a condition: it can hold only where this does. Absent: anywhere. */
  readonly possible?: FlagCondition;
  /**
   * Set where the variant changes what the program asks for, e.g. `never`: no live BPF capture at
   * all.
   */
  readonly requestsZerocopy?: RequestsZerocopy;
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  readonly note?: string;
}

/**
 * A condition on a program's arguments. A member names an option, `-n` or `--name`; alternatives
 * inside one member are joined by '|'; `-P=*rssm*` holds when the option's argument matches the
 * glob.
 */
export interface FlagCondition {
  /** Every one of these must be given. E.g. ["-z", "-C|-G"]. */
  readonly all: readonly string[];
  /** None of these may be given. */
  readonly none: readonly string[];
}

/** How a program reads its command line. */
export interface OptionGrammar {
  /**
   * - `getopt`: clustered short options, ends at the first operand
   * - `getopt-long`: short and long options, operands may stand between them
   * - `words`: each option is a whole word (`-cf`, `--no-dns`), compared as it is
   */
  readonly style: 'getopt' | 'getopt-long' | 'words';
  /**
   * The getopt(3) string: a letter followed by ':' takes an argument, by '::' an argument in the
   * same word.
   */
  readonly short: string;
  /** Long options or words, with their dashes, and whether they take an argument. */
  readonly long: Readonly<Record<string, 'none' | 'required' | 'optional'>>;
}

/** What an rc script adds to the command line. */
export interface RcArguments {
  /** Always passed, e.g. "-B". */
  readonly always: string;
  /** Passed when the flags variable is not set, e.g. "-d". */
  readonly whenUnset: string;
  /** Options the script may add because of other variables. */
  readonly mayAdd: readonly string[];
}
