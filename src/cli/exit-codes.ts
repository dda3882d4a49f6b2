import type {AuditRun} from '../model/audit-run.js';
import type {Severity} from '../model/finding.js';
import {SEVERITIES} from '../model/finding.js';
import {tallyOf} from '../report/findings/tally.js';

/**
 * The contract's exit codes. --help and the README print this table; nothing else knows the
 * numbers.
 */
export const EXIT = {
  clean: 0,
  defect: 1,
  usage: 2,
  findings: 3,
  unknown: 4,
  refused: 5,
  rolledBack: 6,
  inDoubt: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  0: 'nothing to report',
  1: 'a defect in zbufctl itself',
  2: 'wrong usage or unreadable input',
  3: 'findings at or above --fail-on (plan: something to do; apply: a critical or high one stands)',
  4: 'some host was not assessed; findings may stand beside it',
  5: 'refused (unsafe, stale plan, host locked)',
  6: 'apply failed and was rolled back',
  7: 'apply failed and a host is left in doubt',
};

/**
 * Several codes at once: the largest, as the contract says (1 and 2 stand alone and never get
 * here).
 */
export const worst = (codes: readonly ExitCode[]): ExitCode =>
  codes.reduce((a, b) => (b > a ? b : a), EXIT.clean);

/**
 * The exit code of an audit: findings that fail at or above the threshold and are not waived, hosts
 * that are unknown or unreachable, hosts that were not finished. A run over no host is refused
 * before it gets here.
 */
export function exitCodeOfAudit(
  run: Pick<AuditRun, 'hosts' | 'interrupted'>,
  failOn: Severity,
): ExitCode {
  const threshold = SEVERITIES.indexOf(failOn);
  const isOpen = run.hosts.some(({posture}) => posture === 'unknown' || posture === 'unreachable');
  // The larger code: no need to look at the findings.
  if (isOpen || run.interrupted) return EXIT.unknown;
  const failing = [...tallyOf(run.hosts).open.keys()];
  return failing.some((severity) => SEVERITIES.indexOf(severity) <= threshold)
    ? EXIT.findings
    : EXIT.clean;
}
