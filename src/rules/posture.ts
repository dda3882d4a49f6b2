import type {Evidence} from '../model/evidence.js';
import type {Finding, Posture} from '../model/finding.js';

import {runningValue} from './reading/boot-value.js';

/** The rules whose failure makes a posture, and whose "unknown" leaves it open. */
const MAKES: readonly (readonly [Posture, readonly string[]])[] = [
  ['broken', ['ZBUF-001']],
  ['at-risk', ['ZBUF-002', 'ZBUF-003', 'ZBUF-013']],
  ['drift', ['ZBUF-004', 'ZBUF-005', 'ZBUF-009', 'ZBUF-015']],
  ['ineffective', ['ZBUF-007', 'ZBUF-014']],
];

/** Rules whose failure keeps a host from being compliant. */
export const MAKES_POSTURE: ReadonlySet<string> = new Set(MAKES.flatMap(([, rules]) => rules));

/**
 * The host in one word, from the worst down: a rule that fails settles it, a rule that cannot tell
 * makes it unknown, since what is worse than all that follows cannot be ruled out. Waived findings
 * do not count; they stay visible.
 */
export function posture(evidence: Evidence, findings: readonly Finding[]): Posture {
  const {system} = evidence.identity;
  if (system.state !== 'read') return 'unknown';
  if (system.value !== 'FreeBSD' || runningValue(evidence).state === 'absent')
    return 'not-applicable';
  return postureOf(findings);
}

/**
 * The same, of a host known to be FreeBSD with bpf: for findings that were waived, or are waived no
 * longer, since.
 */
export function postureOf(findings: readonly Finding[]): Posture {
  for (const [word, rules] of MAKES) {
    const concerned = findings.filter((f) => rules.includes(f.rule) && f.waived === undefined);
    if (concerned.some((f) => f.verdict === 'fail')) return word;
    if (concerned.some((f) => f.verdict === 'unknown')) return 'unknown';
  }
  return 'compliant';
}
