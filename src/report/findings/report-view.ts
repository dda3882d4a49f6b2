import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding, Posture} from '../../model/finding.js';
import type {ChainState, Report, ReportedHost, ReportedProbe} from '../../model/report.js';
import {unreachable} from '../../model/unreachable.js';
import {countedOf} from '../../text/host-on-demand.js';
import {bySeverity, URGENCY} from './audit-view.js';
import {resultOf, safeName} from './finding-text.js';
import type {Result} from './finding-text.js';
import {plural} from '../terminal/page.js';
import {isAboutPolicy} from './rules-of.js';

/** A rule's findings of one result: how a report talks about a fleet. */
export interface RuleSummary {
  /** The first of them. */
  readonly finding: Finding;
  readonly result: Result;
  readonly hosts: number;
  /** How many hosts, in words; a finding about the policy is on none. */
  readonly where: string;
}

/** The same with what is shown of each. */
export interface RuleGroup<T> extends RuleSummary {
  readonly occurrences: readonly T[];
}

/**
 * Failures, waived failures and unknowns grouped by rule and result, worst first; findings about
 * the policy too.
 * @param shown what is kept of one, of the nth host that has it; undefined: it is only counted. Of
 *   very many hosts, all that was found does not fit into memory
 */
export function troublesByRule<T>(
  report: Report,
  shown: (host: string, finding: Finding, nth: number) => T | undefined,
): readonly RuleGroup<T>[] {
  const groups = new Map<string, Growing<T>>();
  const add = (host: string, finding: Finding): void => {
    if (finding.verdict !== 'fail' && finding.verdict !== 'unknown') return;
    const result = resultOf(finding);
    const key = `${finding.rule} ${result}`;
    const group = groups.get(key) ?? {finding, result, occurrences: [], hosts: 0, lastHost: ''};
    groups.set(key, group);
    if (group.hosts === 0 || group.lastHost !== host) group.hosts += 1;
    group.lastHost = host;
    const one = shown(host, finding, group.hosts);
    if (one !== undefined) group.occurrences.push(one);
  };
  for (const {host, findings} of report.hosts) for (const finding of findings) add(host, finding);
  for (const finding of report.policyFindings) add('policy', finding);

  const made = [...groups.values()].map(({finding, result, occurrences, hosts}) => {
    const where = isAboutPolicy(finding.rule) ? 'policy' : plural(hosts, 'host');
    return {finding, result, where, hosts, occurrences};
  });
  const order = bySeverity(made.map((group) => group.finding));
  const rank = (group: RuleSummary): number =>
    (group.result === 'waived' ? order.length : 0) + order.indexOf(group.finding);
  return made.sort((a, b) => rank(a) - rank(b));
}

interface Growing<T> {
  readonly finding: Finding;
  readonly result: Result;
  readonly occurrences: T[];
  hosts: number;
  lastHost: string;
}

/** The same in short. */
export const troublesInShort = (report: Report): readonly RuleSummary[] =>
  troublesByRule(report, () => undefined);

/** Postures that occur, most urgent first, with their counts. */
export const presentPostures = (
  totals: Report['totals'],
): readonly {readonly posture: Posture; readonly count: number}[] =>
  URGENCY.flatMap((posture) => {
    const count = totals[posture] ?? 0;
    return count === 0 ? [] : [{posture, count}];
  });

/** Hosts somebody has to look at: not compliant, or with a failure that was waived. */
export const notable = (host: ReportedHost): boolean =>
  host.posture !== 'compliant' ||
  host.laterTry !== undefined ||
  countedOf(host).some((f) => f.verdict === 'fail' || f.verdict === 'unknown');

/** Runs named before the rest becomes a number. */
const RUNS_NAMED = 4;

/** Which runs the hosts' entries are of, when nobody named them; '' when somebody did. */
export function basisText({basis, runs}: Report): string {
  const audits = runs.filter(({kind, role}) => kind === 'audit' && role === 'subject').reverse();
  if (basis === 'named' || audits.length === 0) return '';
  const named = audits
    .slice(0, RUNS_NAMED)
    .map(({run, hosts}) => `${safeName(run)} (${plural(hosts, 'host')})`)
    .join(', ');
  const rest = audits.length - RUNS_NAMED;
  return `Newest evidence of every host, from ${plural(audits.length, 'audit')}: ${named}${rest > 0 ? ` and ${rest} older` : ''}.`;
}

/**
 * Of a host that did not answer since: how old its entry is, and what came of the newest try; ''
 * otherwise.
 */
export function asOfText({auditedAt, laterTry}: ReportedHost): string {
  if (laterTry === undefined) return '';
  return `as of ${timeText(auditedAt)}; it did not answer on ${timeText(laterTry.at)} (${laterTry.why})`;
}

/** What a probe is of, when it is of no kernel; '' when it is. */
export function notAKernel({model, practice}: Pick<ReportedProbe, 'model' | 'practice'>): string {
  if (model) return 'a model, not a kernel';
  return practice === true ? 'a practice host, not a kernel' : '';
}

/**
 * How many of the hosts are simulated; '' when none is. A report of them is no proof of anything.
 */
export function practiceText(hosts: readonly AuditedHost[]): string {
  const practice = hosts.filter((host) => host.practice).length;
  if (practice === 0) return '';
  return `Practice: ${practice} of ${plural(hosts.length, 'host')} simulated by zbufctl lab, not real systems.`;
}

/**
 * A time as people read it, in UTC: 2026-11-24 08:15 UTC. Text that is no time comes back as it is,
 * made harmless.
 */
export function timeText(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso);
  return match === null ? safeName(iso) : `${match[1] ?? ''} ${match[2] ?? ''} UTC`;
}

/** What checking a run's hash chain found, in words. */
export function chainText(chain: ChainState): string {
  switch (chain.state) {
    case 'intact':
      return `intact, head ${chain.head}`;
    case 'broken':
      return `BROKEN: ${chain.problem}`;
    case 'not-checked':
      return `not checked: ${chain.why}`;
    default:
      return unreachable(chain);
  }
}
