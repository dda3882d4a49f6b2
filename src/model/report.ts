import type {AuditedHost} from './audit-run.js';
import type {Finding, PostureTotals, Severity} from './finding.js';
import type {FailureKind} from './failure.js';
import type {ZerocopyWish} from './policy.js';
import type {Amount, Count, Ordinal, Sha256, Share, Time, Tool} from './values.js';
import type {WaiverState} from './waiver.js';

/** Everything a compliance report says, in no particular format. Renderers read nothing else. */
export interface Report {
  readonly schema: 'zbufctl.report/1';
  readonly title: string;
  readonly generatedAt: Time;
  /** Who made the report, e.g. "jane@bastion"; absent when not known. */
  readonly generatedBy?: string;
  readonly tool: Tool;
  /** Every stored run the report rests on, oldest first. */
  readonly runs: readonly ReportedRun[];
  readonly basis: Basis;
  readonly scope: Scope;
  readonly totals: PostureTotals;
  /** One entry a host, from the latest audit that has it; by name. */
  readonly hosts: readonly ReportedHost[];
  /** Findings about the policy itself (waivers); they belong to no host. */
  readonly policyFindings: readonly Finding[];
  readonly rules: readonly RuleText[];
  readonly frameworks: readonly FrameworkResult[];
  readonly policies: readonly PolicyStatement[];
  readonly waivers: readonly WaiverState[];
  /** What changed since the baseline run; absent when none was given. */
  readonly drift?: Drift;
  /** Postures of the audits before and including this one, oldest first. */
  readonly trend: readonly TrendPoint[];
  readonly probes: readonly ReportedProbe[];
  readonly changes: readonly ReportedChange[];
}

export interface ReportedHost extends AuditedHost {
  /** The audit this entry comes from, and when that audit started. */
  readonly run: string;
  readonly auditedAt: string;
  /** A later audit tried this host and got nothing: what the entry says is older than that. */
  readonly laterTry?: LaterTry;
}

/** The newest try that came to nothing. */
export interface LaterTry {
  readonly run: string;
  readonly at: string;
  readonly why: FailureKind;
  readonly message: string;
}

/** How the stored hash chain of a run was found. */
export type ChainState =
  | {
      readonly state: 'intact';
      readonly head: Sha256;
      /**
       * Its place in the chain, so that a report can tell later that the newest runs were cut off.
       */
      readonly sequence?: Ordinal;
      /** The head of the oldest run the chain knows: which chain it is. */
      readonly first?: Sha256;
    }
  | {readonly state: 'broken'; readonly problem: string}
  | {readonly state: 'not-checked'; readonly why: string};

export interface ReportedRun {
  readonly run: string;
  readonly kind: 'audit' | 'probe' | 'apply' | 'rollback';
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly toolVersion: string;
  readonly interrupted: boolean;
  readonly hosts: Count;
  /** `subject`: what the report is about; `baseline`: what it is compared with. */
  readonly role: 'subject' | 'baseline';
  readonly chain: ChainState;
}

/** How the audits were chosen: by name, or as the newest evidence of every host in scope. */
export const BASES = ['named', 'newest'] as const;
export type Basis = (typeof BASES)[number];

/** Which hosts were meant, and which of them said nothing. */
export interface Scope {
  readonly meant: Count;
  readonly answered: Count;
  readonly missing: readonly MissingHost[];
}

export interface MissingHost {
  readonly host: string;
  readonly address: string;
  /** `not-asked`: in the inventory, and in none of the runs. */
  readonly why: FailureKind | 'not-asked';
  readonly message: string;
  readonly fix: string;
}

/** A rule in words, for people who have only the report. */
export interface RuleText {
  readonly id: string;
  readonly slug: string;
  /** The failing state in a few words; absent: a rule this version does not know. */
  readonly title?: string;
  readonly severity: Severity;
  readonly claim: string;
  readonly matters: string;
  readonly remedy: string;
  readonly sources: readonly string[];
}

/**
 * What each rule has to do with the controls of compliance frameworks (controls.yaml, extended by
 * policy).
 */
export interface Controls {
  readonly frameworks: readonly Framework[];
  readonly mappings: readonly ControlMapping[];
}

export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  /** Titles by control id. */
  readonly controls: Readonly<Record<string, string>>;
}

export interface ControlMapping {
  readonly rule: string;
  readonly framework: string;
  readonly control: string;
  /** Why a failure of the rule concerns the control, one sentence. */
  readonly why: string;
}

export interface FrameworkResult {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly controls: readonly ControlResult[];
}

/**
 * - `fail`: a rule mapped to it fails somewhere and no waiver covers that.
 * - `unknown`: nothing fails, but something could not be read or a host was not looked at.
 * - `waived`: every failure is covered by a waiver.
 * - `pass`: every mapped rule passes or does not apply on every host meant, and passes somewhere.
 * - `not-assessed`: no mapped rule said anything that counts.
 */
export type ControlStanding = 'fail' | 'unknown' | 'waived' | 'pass' | 'not-assessed';

export interface ControlResult {
  readonly control: string;
  readonly title: string;
  readonly standing: ControlStanding;
  readonly because: readonly {readonly rule: string; readonly why: string}[];
  /**
   * Findings of the mapped rules, by what they came to. `missing`: hosts meant that said nothing.
   */
  readonly counts: {
    readonly fail: Count;
    readonly waived: Count;
    readonly unknown: Count;
    readonly pass: Count;
    readonly notApplicable: Count;
    readonly missing: Count;
  };
}

/** What the policy wants, of whom. */
export interface PolicyStatement {
  readonly zerocopy: ZerocopyWish | 'not-set';
  readonly hosts: Count;
  /** Up to a handful of names, for people. */
  readonly examples: readonly string[];
}

/**
 * - `new`: it fails now and did not.
 * - `fixed`: it failed, and the rule passes (or does not apply) now.
 * - `changed`: it fails in both, in another way.
 * - `gone`: it failed, and nothing says any more whether it holds: the host or the reading is not
 *   there.
 */
export type DriftChange = 'new' | 'fixed' | 'changed' | 'gone';

/** What is different from a baseline run. */
export interface Drift {
  readonly baseline: {readonly run: string; readonly at: string};
  readonly counts: Readonly<Record<DriftChange, Count>>;
  readonly entries: readonly DriftEntry[];
}

/** One difference; without a rule it is about the host as a whole. */
export interface DriftEntry {
  readonly host: string;
  readonly change: DriftChange;
  readonly rule?: string;
  readonly severity?: Severity;
  readonly before: string;
  readonly after: string;
}

export interface TrendPoint {
  readonly run: string;
  readonly at: string;
  readonly totals: PostureTotals;
}

/** A probe's matrix of one host, as the contract has it. */
export interface ReportedProbe {
  readonly run: string;
  readonly at: string;
  readonly host: string;
  readonly kernel: string;
  readonly machine: string;
  /** True when a model answered, not a kernel. */
  readonly model: boolean;
  /** Present when it was a practice host, which has no kernel to measure. */
  readonly practice?: true;
  readonly error?: string;
  /** A newer try that came to no result. */
  readonly laterTry?: {readonly run: string; readonly at: string; readonly error: string};
  readonly matrix: readonly ProbeCell[];
  readonly bench: readonly BenchPoint[];
}

export interface ProbeCell {
  readonly mode: string;
  readonly inherit: string;
  readonly scenario: string;
  readonly verdict: 'delivered' | 'stalled' | 'crashed' | 'unsupported';
  readonly stalledAtRound?: Count;
  readonly exposed: boolean;
}

/** Medians of a benchmark at one packet size and buffer size. */
export interface BenchPoint {
  readonly mode: string;
  /** Bytes. */
  readonly packetSize: Count;
  readonly bufferSize: Count;
  readonly packetsPerSecond: Amount;
  /** Nanoseconds of CPU a packet; absent when not measured. */
  readonly cpuNanoseconds?: Amount;
  /** Packets dropped, of all sent. */
  readonly dropped: Share;
}

/** What an apply or rollback run did to one host. */
export interface ReportedChange {
  readonly run: string;
  readonly kind: 'apply' | 'rollback';
  readonly at: string;
  /** Who ran it; absent when the run does not say. */
  readonly by?: string;
  readonly plan?: string;
  readonly host: string;
  readonly result: string;
  readonly reason?: string;
  /** The run's end was never stored: what is said of the host is the last that was known. */
  readonly unfinished?: boolean;
  readonly steps: readonly ReportedStep[];
}

export interface ReportedStep {
  readonly kind: string;
  readonly outcome: string;
  /** What it does, for people: "running value 1 -> 0", "verified: runs with 0". */
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
}
