import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding, Severity} from '../../model/finding.js';
import {IS_GRAVE} from '../../model/finding.js';
import type {Counted} from '../../text/host-on-demand.js';
import {countedOf} from '../../text/host-on-demand.js';

import type {Result} from './finding-text.js';
import {resultOf} from './finding-text.js';

/** How many findings of a rule came to what. */
export type RuleCounts = Readonly<Record<Result, number>>;

/** What the findings of many hosts come to, in numbers. */
export interface Tally {
  /** Failures no waiver covers, by severity. */
  readonly open: ReadonlyMap<Severity, number>;
  readonly failures: number;
  readonly waived: number;
  readonly unknown: number;
  /** Rules that are unknown somewhere. */
  readonly unknownRules: ReadonlySet<string>;
  /** Hosts that said something. */
  readonly answered: number;
  /** Unknowns that only -v shows. */
  readonly lesser: number;
  readonly byRule: ReadonlyMap<string, RuleCounts>;
}

/** Failures that count: not covered by a waiver. */
export const isOpenFailure = (finding: Pick<Finding, 'verdict' | 'waived'>): boolean =>
  finding.verdict === 'fail' && finding.waived === undefined;

/** Unknown where it matters: it could hide a failure of severity high or worse. */
export const isGraveUnknown = (finding: Counted): boolean =>
  finding.verdict === 'unknown' && IS_GRAVE[finding.severity];

/**
 * Whether an unknown is shown without being asked: it may hide something, or the judge called the
 * whole host unknown: then each of its unknowns may be the reason.
 */
export const isTellingUnknown = (
  finding: Counted,
  {posture}: Pick<AuditedHost, 'posture'>,
): boolean => isGraveUnknown(finding) || (posture === 'unknown' && finding.verdict === 'unknown');

const known = new WeakMap<readonly AuditedHost[], Tally>();

/**
 * Counts the findings of hosts, once for a list of them: exit code, closing lines and verdict all
 * ask, and to go through a large run takes long.
 */
export function tallyOf(hosts: readonly AuditedHost[]): Tally {
  const tally = known.get(hosts) ?? count(hosts);
  known.set(hosts, tally);
  return tally;
}

/** Says that two lists of the same hosts have the same findings: one of them is counted. */
export function sameFindings<H extends AuditedHost>(
  before: readonly H[],
  after: readonly H[],
): readonly H[] {
  const tally = known.get(before);
  if (tally !== undefined) known.set(after, tally);
  return after;
}

/** Findings by rule and by what they came to. */
export function countByRule(
  findings: readonly Counted[],
  counts: Map<string, Record<Result, number>>,
): void {
  for (const finding of findings) {
    const of = counts.get(finding.rule) ?? {...NONE};
    of[resultOf(finding)] += 1;
    counts.set(finding.rule, of);
  }
}

const NONE = {fail: 0, waived: 0, unknown: 0, pass: 0, 'not-applicable': 0} as const;

function count(hosts: readonly AuditedHost[]): Tally {
  const open = new Map<Severity, number>();
  const unknownRules = new Set<string>();
  const byRule = new Map<string, Record<Result, number>>();
  let [failures, waived, unknown, answered, lesser] = [0, 0, 0, 0, 0];
  for (const host of hosts) {
    const findings = countedOf(host);
    countByRule(findings, byRule);
    if (host.failure === undefined || findings.length > 0) answered += 1;
    for (const finding of findings) {
      if (isOpenFailure(finding)) {
        failures += 1;
        open.set(finding.severity, (open.get(finding.severity) ?? 0) + 1);
      } else if (finding.verdict === 'fail') waived += 1;
      else if (finding.verdict === 'unknown') {
        unknown += 1;
        unknownRules.add(finding.rule);
        if (!isTellingUnknown(finding, host)) lesser += 1;
      }
    }
  }
  return {open, failures, waived, unknown, unknownRules, answered, lesser, byRule};
}
