import {create, fragment} from 'xmlbuilder2';
import type {XMLBuilder} from 'xmlbuilder2/lib/interfaces.js';

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
  // Twice: the numbers stand before what they count, and all suites at once would not fit.
  const counts = {tests: 0, failures: 0, errors: 0};
  for (const {cases} of suitesOf(report, failOn))
    for (const {kind} of cases) {
      counts.tests += 1;
      if (kind === 'failure') counts.failures += 1;
      if (kind === 'error') counts.errors += 1;
    }
  const {tests, failures, errors} = counts;
  const root = create({version: '1.0', encoding: 'UTF-8'}).ele('testsuites', {
    name: xml(safeText(`zbufctl: ${report.title}`)),
    tests: String(tests),
    failures: String(failures),
    errors: String(errors),
  });
  if (tests === 0) {
    yield `${root.end({prettyPrint: true})}\n`;
    return;
  }
  yield root.end({prettyPrint: true}).replace(/\/>$/, '>');
  for (const suite of suitesOf(report, failOn)) yield `\n${suiteText(suite)}`;
  yield '\n</testsuites>\n';
}

function* suitesOf(report: Report, failOn: Severity): Iterable<Suite> {
  for (const host of report.hosts) yield hostSuite(host, failOn);
  for (const missing of report.scope.missing)
    if (missing.why === 'not-asked') yield notAskedSuite(missing);
  yield* policySuite(report, failOn);
}

/** One level in, as it stands below the root. */
const suiteText = (suite: Suite): string => {
  const root = fragment();
  addSuite(root, suite);
  return root.toString({prettyPrint: true, offset: 1});
};

export const renderJunit = (...args: Parameters<typeof junitParts>): string =>
  [...junitParts(...args)].join('');

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  /** Made when it is written: to count cases, none is needed. */
  readonly body: () => string;
}

interface Suite {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly Case[];
}

function hostSuite(host: ReportedHost, failOn: Severity): Suite {
  const failed = host.failure === undefined ? [] : [notAnswered(host.failure)];
  return {
    name: host.host,
    attributes: {
      timestamp: host.auditedAt,
      hostname: safeName(host.address),
      time: (host.durationMs / 1000).toFixed(3),
    },
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
  attributes: {hostname: safeName(address)},
  properties: [],
  cases: [notAnswered({kind: why, message, fix})],
});

const policySuite = (report: Report, failOn: Severity): Suite[] =>
  report.policyFindings.length === 0
    ? []
    : [
        {
          name: 'policy',
          attributes: {},
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
      const counts = SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(failOn);
      if (counts) return {...base, kind: 'failure'};
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

function addSuite(root: XMLBuilder, suite: Suite): void {
  const count = (kind: Case['kind']): string =>
    String(suite.cases.filter((c) => c.kind === kind).length);
  const element = root.ele('testsuite', {
    name: xml(safeName(suite.name)),
    tests: String(suite.cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    ...Object.fromEntries(
      Object.entries(suite.attributes).map(([key, value]) => [key, xml(safeText(value))]),
    ),
  });
  if (suite.properties.length > 0) {
    const properties = element.ele('properties');
    for (const [name, value] of suite.properties)
      properties.ele('property', {name, value: xml(safeText(value))});
  }
  for (const test of suite.cases) addCase(element, suite.name, test);
}

function addCase(suite: XMLBuilder, host: string, test: Case): void {
  const element = suite.ele('testcase', {
    name: xml(safeText(test.name)),
    classname: xml(safeName(host)),
  });
  if (test.kind === 'passed') return;
  element
    .ele(test.kind, {type: xml(safeName(test.type)), message: xml(safeText(test.message))})
    .txt(xml(test.body()));
}

/**
 * Text XML 1.0 may hold. Controls and halves of surrogate pairs are written out by safeName and
 * safeText already; the two characters at the end of the plane are not controls, and no XML
 * document may contain them either.
 */
const xml = (text: string): string =>
  text.replace(/[\ufffe\uffff]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
