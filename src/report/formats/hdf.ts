import type {Finding, Severity} from '../../model/finding.js';
import type {Report, ReportedHost, RuleText} from '../../model/report.js';
import type {WaiverState} from '../../model/waiver.js';
import {canonicalJson, prettyJson} from '../../text/canonical-json.js';
import {groupBy} from '../../text/group-by.js';
import {aboutOf, readingText, resultOf, safeName, safeText} from '../findings/finding-text.js';
import {chainText} from '../findings/report-view.js';
import {isAboutPolicy, rulesOf} from '../findings/rules-of.js';
import {sha256} from '../sha256.js';

/**
 * MITRE HDF (InSpec exec-json) for Heimdall and SAF: a control a rule, a result a finding.
 *
 * Heimdall takes the first that occurs: error, failed, passed, skipped. So where nothing failed, an
 * unknown finding and a host that was not looked at are errors, since skipped would let them vanish
 * behind a neighbour's pass; where something failed they are skipped, since an error would hide the
 * failure. A waived failure stays `failed` with the waiver in its message; `waiver_data` marks
 * controls all of whose failures are waived, without the flag that would make Heimdall show them as
 * not applicable.
 */
export function renderHdf(report: Report): string {
  const byRule = findingsByRule(report);
  // A rule about hosts has something to say even when no host said anything: that nobody looked.
  const silent = report.scope.missing.length > 0;
  const controls = rulesOf(report)
    .filter((rule) => byRule.has(rule.id) || (silent && !isAboutPolicy(rule.id)))
    .map((rule) => control(report, rule, byRule.get(rule.id) ?? []));
  const subjects = report.runs.filter((run) => run.role === 'subject');
  return prettyJson({
    platform: {
      name: 'FreeBSD',
      release: releases(report.hosts),
      target_id: report.hosts.length === 1 ? safeName(report.hosts[0]?.host ?? '') : null,
    },
    version: report.tool.version,
    statistics: {duration: secondsOf(subjects)},
    profiles: [
      {
        name: 'zbufctl',
        title: safeText(report.title),
        version: report.tool.version,
        summary: `${report.scope.answered} of ${report.scope.meant} hosts responded`,
        // Of the rules, not of the results: two reports by the same rules are comparable.
        sha256: sha256(canonicalJson(report.rules)),
        supports: [{'platform-family': 'bsd', 'platform-name': 'freebsd'}],
        attributes: [],
        groups: [{id: 'zbufctl', title: 'Rules of zbufctl', controls: controls.map((c) => c.id)}],
        status: 'loaded',
        controls,
      },
    ],
    passthrough: {
      scope: {meant: report.scope.meant, answered: report.scope.answered},
      runs: report.runs.map((run) => ({
        run: safeName(run.run),
        kind: run.kind,
        role: run.role,
        chain: safeText(chainText(run.chain)),
      })),
    },
  });
}

interface OnHost {
  readonly finding: Finding;
  /** Absent: about the policy. */
  readonly host?: ReportedHost;
}

const findingsByRule = (report: Report): ReadonlyMap<string, readonly OnHost[]> =>
  groupBy(
    [
      ...report.hosts.flatMap((host) => host.findings.map((finding): OnHost => ({finding, host}))),
      ...report.policyFindings.map((finding): OnHost => ({finding})),
    ],
    ({finding}) => finding.rule,
  );

type Control = Readonly<Record<string, unknown>> & {readonly id: string};

/** How an open question is written down: see renderHdf. */
type Doubt = 'error' | 'skipped';

function control(report: Report, rule: RuleText, found: readonly OnHost[]): Control {
  const doubt: Doubt = found.some(({finding}) => finding.verdict === 'fail') ? 'skipped' : 'error';
  return {
    id: rule.id,
    title: `${rule.title ?? rule.slug} (${rule.slug}): ${rule.claim}`,
    desc: rule.matters,
    descriptions: [
      {label: 'fix', data: rule.remedy},
      {label: 'check', data: `zbufctl explain ${rule.id}`},
    ],
    impact: IMPACT[rule.severity],
    refs: rule.sources.map((ref) => ({ref})),
    tags: tagsOf(report, rule),
    code: '',
    source_location: {ref: rule.id, line: 0},
    results: [
      ...found.map((f) => result(report, f, doubt)),
      ...(isAboutPolicy(rule.id) ? [] : notLooked(report, doubt)),
    ],
    waiver_data: waiverData(report, rule, found),
  };
}

/** Heimdall's bands; info is not 0, which it would show as not applicable. */
const IMPACT: Readonly<Record<Severity, number>> = {
  critical: 0.9,
  high: 0.7,
  medium: 0.5,
  low: 0.3,
  info: 0.1,
};

function tagsOf(report: Report, rule: RuleText): object {
  const concerned = report.frameworks.flatMap(({id, controls}) =>
    controls.flatMap(({control: name, because}) =>
      because
        .filter((b) => b.rule === rule.id)
        .map(({why}) => ({framework: id, control: name, why})),
    ),
  );
  const of = (framework: string): string[] =>
    concerned.filter((c) => c.framework === framework).map((c) => c.control);
  const nist = of('nist-800-53-r5');
  return {
    // Heimdall reads the revision from the last tag, and puts controls without NIST tags under
    // UM-1, unmapped.
    nist: nist.length === 0 ? ['UM-1'] : [...nist, 'Rev_5'],
    cis_controls_v8: of('cis-v8'),
    pci_dss_4: of('pci-dss-4'),
    severity: rule.severity === 'info' ? 'low' : rule.severity,
    controls: concerned,
  };
}

/** Heimdall shows no member of our own: what is simulated says so in its name. */
const nameOf = ({host, practice}: ReportedHost): string =>
  `${safeName(host)}${practice ? ' (practice)' : ''}`;

function result(report: Report, {finding, host}: OnHost, doubt: Doubt): object {
  const about = aboutOf(finding);
  const name = host === undefined ? 'policy' : nameOf(host);
  const base = {
    code_desc: `${name}${about === '' ? '' : ` (${about})`}: ${safeText(finding.summary)}`,
    start_time: host?.auditedAt ?? report.generatedAt,
    resource: name,
  };
  const because = finding.because.map(readingText).join('\n');
  const message = [because, finding.fix === '' ? '' : `What to do: ${safeText(finding.fix)}`]
    .filter((s) => s !== '')
    .join('\n');
  switch (resultOf(finding)) {
    case 'pass':
      return {...base, status: 'passed', message: because};
    case 'not-applicable':
      return {
        ...base,
        status: 'skipped',
        skip_message: `Not applicable: ${safeText(finding.summary)}`,
      };
    case 'unknown':
      return {...base, ...doubtful(doubt, `Unknown. ${message}`, 'unknown')};
    case 'waived':
      return {
        ...base,
        status: 'failed',
        message: `Waived: ${safeText(finding.waived ?? '')}\n${message}`,
      };
    case 'fail':
      return {...base, status: 'failed', message};
  }
}

const doubtful = (doubt: Doubt, message: string, exception: string): object =>
  doubt === 'error' ? {status: doubt, message, exception} : {status: doubt, skip_message: message};

const notLooked = (report: Report, doubt: Doubt): object[] =>
  report.scope.missing.map(({host, why, message, fix}) => ({
    code_desc: `${safeName(host)}: not looked at`,
    start_time: report.generatedAt,
    resource: safeName(host),
    ...doubtful(doubt, `${safeText(message)}\nWhat to do: ${safeText(fix)}`, why),
  }));

function waiverData(report: Report, rule: RuleText, found: readonly OnHost[]): object | null {
  const failures = found.filter(({finding}) => finding.verdict === 'fail');
  if (failures.length === 0 || failures.some(({finding}) => finding.waived === undefined))
    return null;
  const states = report.waivers.filter(
    (s) => s.waiver.rule === rule.id && s.standing === 'in-force',
  );
  return {
    run: true,
    skipped_due_to_waiver: false,
    justification: [...new Set(failures.map(({finding}) => safeText(finding.waived ?? '')))].join(
      '\n',
    ),
    expiration_date: firstExpiry(states),
    message: '',
  };
}

const firstExpiry = (states: readonly WaiverState[]): string | null =>
  states.map((s) => s.waiver.expiry).sort()[0] ?? null;

function releases(hosts: readonly ReportedHost[]): string {
  const all = [...new Set(hosts.map((host) => safeName(host.release ?? 'not read')))].sort();
  return all.length <= 5
    ? all.join(', ')
    : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
}

const secondsOf = (runs: readonly {startedAt: string; finishedAt: string}[]): number =>
  runs.reduce((sum, run) => sum + (Date.parse(run.finishedAt) - Date.parse(run.startedAt)), 0) /
  1000;
