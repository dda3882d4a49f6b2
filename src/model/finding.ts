import type {Count, SomeText} from './values.js';

/** The worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** While a failure of such a severity stands, a host is not done. */
export const IS_GRAVE: {readonly [S in Severity]: S extends GraveSeverity ? true : false} = {
  critical: true,
  high: true,
  medium: false,
  low: false,
  info: false,
};
export type GraveSeverity = 'critical' | 'high';

export const isGrave = (severity: Severity): severity is GraveSeverity => IS_GRAVE[severity];

export const VERDICTS = ['pass', 'fail', 'unknown', 'not-applicable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A reading as a finding shows it: what was asked, of whom, and what came back. */
export interface ShownReading {
  /** e.g. "net.bpf.zerocopy_enable", "held bytes of pflogd (pid 3883) on pflog0" */
  readonly reading: string;
  /** The command, or file and line, it came from. */
  readonly source: string;
  readonly state: 'read' | 'absent' | 'unreadable';
  /** The value when read, as text. */
  readonly value?: string;
  /** Why not, when unreadable. */
  readonly why?: string;
}

/**
 * A rule's verdict on a host (or on one service or process of it), with the readings it rests on.
 */
export interface Finding {
  /** `ZBUF-W..`: about the policy itself. */
  readonly rule: FindingRule;
  /** @pattern ^[a-z0-9-]+$ */
  readonly slug: string;
  /** The failing state in a few words; only of a failure, and not of older versions. */
  readonly title?: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** One plain sentence: what is happening. */
  readonly summary: SomeText;
  /** Why it matters, one sentence; '' for a pass. */
  readonly matters: string;
  readonly because: readonly ShownReading[];
  /** What to do; for an unknown: what would decide it. '' when there is nothing to do. */
  readonly fix: string;
  readonly service?: string;
  /** The command of `pid` as the host names it: what a program nobody described is called. */
  readonly program?: string;
  readonly pid?: Count;
  /** Set when a waiver covers it: the waiver's reason. */
  readonly waived?: string;
}

/** @pattern ^ZBUF-([0-9]{3}|W[0-9]{2})$ */
export type FindingRule = string;

/** A host in one word: the first that applies, in this order. */
export const POSTURES = [
  'unreachable',
  'unknown',
  'not-applicable',
  'broken',
  'at-risk',
  'drift',
  'ineffective',
  'compliant',
] as const;
export type Posture = (typeof POSTURES)[number];

/** How many hosts are so; a posture without a host may be missing. */
export type PostureTotals = Readonly<Partial<Record<Posture, Count>>>;
