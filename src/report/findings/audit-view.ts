import type {AuditedHost, ValueSummary} from '../../model/audit-run.js';
import type {Finding, Posture} from '../../model/finding.js';
import {SEVERITIES} from '../../model/finding.js';
import {wordsIn} from '../../model/words.js';
import {POSTURE_TONE} from '../terminal/paint.js';

import {isOpenFailure, isTellingUnknown} from './tally.js';

/**
 * Most urgent first: what an operator wants at the top, which is not the order in which postures
 * are decided.
 */
export const URGENCY: readonly Posture[] = wordsIn(POSTURE_TONE);

const byName = new Intl.Collator('en', {numeric: true});

/** Most urgent posture first, then by name with numbers in their natural order. */
export function byUrgency(hosts: readonly AuditedHost[]): readonly AuditedHost[] {
  return [...hosts].sort(
    (a, b) =>
      URGENCY.indexOf(a.posture) - URGENCY.indexOf(b.posture) ||
      byName.compare(a.host, b.host) ||
      (a.host < b.host ? -1 : 1),
  );
}

/**
 * A host's state in a word for people: a host the run did not get to is neither unreachable nor
 * unknown in itself.
 */
export const stateWord = ({posture, failure}: AuditedHost): Posture | 'interrupted' =>
  failure?.kind === 'interrupted' ? 'interrupted' : posture;

export interface StateCount {
  readonly word: Posture | 'interrupted';
  readonly count: number;
}

/** How many hosts are in each state, most urgent first; those the run did not get to come last. */
export function countStates(hosts: readonly AuditedHost[]): readonly StateCount[] {
  const counts = new Map<StateCount['word'], number>();
  for (const host of hosts) {
    const word = stateWord(host);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...URGENCY, 'interrupted' as const].flatMap((word) => {
    const count = counts.get(word) ?? 0;
    return count === 0 ? [] : [{word, count}];
  });
}

/** Failures before unknowns, worse severities first, then by rule. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  const rank = (f: Finding): number =>
    (f.verdict === 'fail' ? 0 : SEVERITIES.length) + SEVERITIES.indexOf(f.severity);
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
  );
}

/** What is shown in full without being asked: open failures, and unknowns where they matter. */
export const noteworthy = (host: AuditedHost): readonly Finding[] =>
  bySeverity(host.findings.filter((f) => isOpenFailure(f) || isTellingUnknown(f, host)));

/** With -v: every failure, waived or not, and every unknown. */
export const allTroubles = (host: AuditedHost): readonly Finding[] =>
  bySeverity(host.findings.filter((f) => f.verdict === 'fail' || f.verdict === 'unknown'));

/** The finding a host's line names; undefined when it has none to name. */
export const worstFinding = (host: AuditedHost): Finding | undefined => noteworthy(host)[0];

export type Stalled = readonly string[] | 'unknown';

/**
 * The captures that are losing packets now, by service name or pid; 'unknown' when that could not
 * be decided.
 */
export function stalledCaptures(host: AuditedHost): Stalled {
  if (host.posture === 'not-applicable') return [];
  const about = host.findings.filter((f) => f.rule === 'ZBUF-001');
  const stalled = about.filter((f) => f.verdict === 'fail');
  if (stalled.length > 0)
    return stalled.map(
      ({service, program, pid}) =>
        [service ?? program ?? '', pid === undefined ? '' : `(${pid})`].join('') || 'a capture',
    );
  const decided = about.some((f) => f.verdict === 'pass' || f.verdict === 'not-applicable');
  return decided && !about.some((f) => f.verdict === 'unknown') ? [] : 'unknown';
}

/**
 * A value in a column: the number, `-` when no file or kernel has it, `?` when we could not look.
 */
export function shortValue(value: ValueSummary): string {
  if (value === null) return '-';
  return value === 'unreadable' ? '?' : String(value);
}
