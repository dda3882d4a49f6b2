import type {Finding, Severity} from '../../model/finding.js';
import {SEVERITIES} from '../../model/finding.js';
import type {Report, ReportedHost} from '../../model/report.js';
import {
  aboutOf,
  readingText,
  resultOf,
  safeName,
  safeText,
  valueText,
} from '../findings/finding-text.js';
import {tallyOf} from '../findings/tally.js';
import {xmlTag} from '../../text/xml.js';
import type {Case, Suite} from './junit-suite.js';
import {suiteText} from './junit-suite.js';

/**
 * JUnit XML as Jenkins, GitLab and others read it: a suite a host, a test case a finding.
 *
 * JUnit knows passed, failed, error and skipped. Unknown is an error, never skipped or passed.
 * Skipped are: not applicable, waived, and failures below `failOn`, each told apart by its type and
 * message, so that a pipeline goes red exactly when the exit code says so.
 */
export function* junitParts(
  report: Report,
  {failOn}: {readonly failOn: Severity},
): Iterable<string> {
  const {tests, failures, errors} = countsOf(report, failOn);
  const root = xmlTag('testsuites', [
    ['name', safeText(`zbufctl: ${report.title}`)],
    ['tests', String(tests)],
    ['failures', String(failures)],
    ['errors', String(errors)],
  ]);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n${root}${tests === 0 ? '/>' : '>'}\n`;
  if (tests === 0) return;
  for (const suite of suitesOf(report, failOn)) yield suiteText(suite);
  yield '</testsuites>\n';
}

function* suitesOf(report: Report, failOn: Severity): Iterable<Suite> {
  for (const host of report.hosts) yield hostSuite(host, failOn);
  for (const missing of report.scope.missing)
    if (missing.why === 'not-asked') yield notAskedSuite(missing);
  yield* policySuite(report, failOn);
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

/** The numbers stand before what they count; those of hosts are known, whatever they said. */
function countsOf(report: Report, failOn: Severity): Counts {
  const {hosts, scope} = report;
  const {byRule, open, unknown} = tallyOf(hosts);
  const findings = sum([...byRule.values()].flatMap((counts) => Object.values(counts)));
  const failures = sum([...open].map(([severity, n]) => (doesFail(severity, failOn) ? n : 0)));
  const silent =
    hosts.filter(({failure}) => failure !== undefined).length +
    scope.missing.filter(({why}) => why === 'not-asked').length;
  const policy = policySuite(report, failOn).flatMap(({cases}) => cases);
  const of = (kind: Case['kind']): number => policy.filter((c) => c.kind === kind).length;
  return {
    tests: findings + silent + policy.length,
    failures: failures + of('failure'),
    errors: unknown + silent + of('error'),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);

const doesFail = (severity: Severity, failOn: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);

export const renderJunit = (...args: Parameters<typeof junitParts>): string =>
  [...junitParts(...args)].join('');

function hostSuite(host: ReportedHost, failOn: Severity): Suite {
  const failed = host.failure === undefined ? [] : [notAnswered(host.failure)];
  return {
    name: host.host,
    attributes: [
      ['timestamp', host.auditedAt],
      ['hostname', safeName(host.address)],
      ['time', (host.durationMs / 1000).toFixed(3)],
    ],
    properties: [
      ['run', host.run],
      ['posture', host.posture],
      ['groups', host.groups.join(' ')],
      ['net.bpf.zerocopy_enable running', valueText(host.running)],
      ['net.bpf.zerocopy_enable at boot', valueText(host.boot)],
      ['release', host.release ?? 'not read'],
      ['practice', String(host.practice)],
      ['evidence-sha256', host.evidenceHash ?? 'no evidence'],
    ],
    cases: [...failed, ...host.findings.map((finding) => findingCase(finding, failOn))],
  };
}

const notAnswered = ({kind, message, fix}: {kind: string; message: string; fix: string}): Case => ({
  name: 'the host answers',
  kind: 'error',
  type: kind,
  message,
  body: () => `What to do: ${safeText(fix)}`,
});

const notAskedSuite = ({
  host,
  address,
  why,
  message,
  fix,
}: Report['scope']['missing'][number]): Suite => ({
  name: host,
  attributes: [['hostname', safeName(address)]],
  properties: [],
  cases: [notAnswered({kind: why, message, fix})],
});

const policySuite = (report: Report, failOn: Severity): Suite[] =>
  report.policyFindings.length === 0
    ? []
    : [
        {
          name: 'policy',
          attributes: [],
          properties: [],
          cases: report.policyFindings.map((finding) => findingCase(finding, failOn)),
        },
      ];

function findingCase(finding: Finding, failOn: Severity): Case {
  const about = aboutOf(finding);
  const base = {
    name: `${finding.rule} ${finding.slug}${about === '' ? '' : ` (${about})`}`,
    type: finding.severity,
    message: finding.summary,
    body: () => bodyOf(finding),
  };
  switch (resultOf(finding)) {
    case 'pass':
      return {...base, kind: 'passed'};
    case 'not-applicable':
      return {
        ...base,
        kind: 'skipped',
        type: 'not-applicable',
        message: `not applicable: ${finding.summary}`,
      };
    case 'waived':
      return {...base, kind: 'skipped', type: 'waived', message: `waived: ${finding.waived ?? ''}`};
    case 'unknown':
      return {...base, kind: 'error', type: 'unknown'};
    case 'fail': {
      if (doesFail(finding.severity, failOn)) return {...base, kind: 'failure'};
      const message = `fails, below --fail-on ${failOn} (${finding.severity}): ${finding.summary}`;
      return {...base, kind: 'skipped', type: 'below-fail-on', message};
    }
  }
}

function bodyOf(finding: Finding): string {
  const lines = [
    safeText(finding.summary),
    finding.matters === '' ? '' : `Why it matters: ${safeText(finding.matters)}`,
    ...finding.because.map((reading) => `  ${readingText(reading)}`),
    finding.fix === '' ? '' : `What to do: ${safeText(finding.fix)}`,
    finding.waived === undefined ? '' : `Waived: ${safeText(finding.waived)}`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}
