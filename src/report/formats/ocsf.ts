import type {Finding, Severity, Verdict} from '../../model/finding.js';
import type {MissingHost, Report, ReportedHost} from '../../model/report.js';
import {lineJson} from '../../text/canonical-json.js';
import {groupBy} from '../../text/group-by.js';
import {safeName, safeText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';

/**
 * OCSF 1.8 Compliance Findings (class 2003), one a line: every verdict of every host, and a warning
 * for each host that said nothing. Facts: ocsf/ocsf-schema, events/findings and objects/compliance.
 */
export function* ocsfParts(report: Report): Iterable<string> {
  for (const event of eventsOf(report)) yield `${lineJson(event)}\n`;
}

export const renderOcsf = (report: Report): string => [...ocsfParts(report)].join('');

function* eventsOf(report: Report): Iterable<object> {
  const requirements = requirementsOf(report);
  for (const host of report.hosts) {
    const seen = new Map<string, number>();
    for (const finding of host.findings) {
      const subject = subjectOf(finding);
      const nth = seen.get(subject) ?? 0;
      seen.set(subject, nth + 1);
      yield findingEvent(report, host, finding, [subject, nth], requirements);
    }
  }
  for (const [i, finding] of report.policyFindings.entries())
    yield findingEvent(report, undefined, finding, ['policy', i], requirements);
  for (const missing of report.scope.missing) yield missingEvent(report, missing);
}

/** What OCSF says of a check: Warning is "did not yield a result due to missing information". */
const STATUS: Readonly<Record<Verdict, {readonly status_id: number; readonly status: string}>> = {
  pass: {status_id: 1, status: 'Pass'},
  unknown: {status_id: 2, status: 'Warning'},
  fail: {status_id: 3, status: 'Fail'},
  'not-applicable': {status_id: 99, status: 'Not applicable'},
};

const SEVERITY: Readonly<Record<Severity, readonly [number, string]>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

const CLASS = {
  activity_id: 1,
  activity_name: 'Create',
  category_uid: 2,
  category_name: 'Findings',
  class_uid: 2003,
  class_name: 'Compliance Finding',
  type_uid: 200301,
  type_name: 'Compliance Finding: Create',
} as const;

const subjectOf = ({rule, service, program, pid}: Finding): string =>
  JSON.stringify([rule, service ?? program ?? '', pid ?? 0]);

interface Requirements {
  readonly standards: readonly string[];
  readonly requirements: readonly string[];
}

/** The controls a rule speaks to, by rule. */
function requirementsOf({frameworks}: Report): (rule: string) => Requirements {
  const mapped = frameworks.flatMap(({title, controls}) =>
    controls.flatMap(({control, title: what, because}) =>
      because.map(({rule}) => ({rule, title, requirement: `${title} ${control}: ${what}`})),
    ),
  );
  const byRule = groupBy(mapped, ({rule}) => rule);
  return (rule) => {
    const list = byRule.get(rule) ?? [];
    const standards = [...new Set(list.map(({title}) => safeText(title)))];
    return {
      // A rule no framework asks for is measured by itself.
      standards: standards.length === 0 ? ['zbufctl'] : standards,
      requirements: [...new Set(list.map(({requirement}) => safeText(requirement)))],
    };
  };
}

function findingEvent(
  report: Report,
  host: ReportedHost | undefined,
  finding: Finding,
  id: readonly (string | number)[],
  requirementsFor: (rule: string) => Requirements,
): object {
  const {rule, slug, verdict, waived} = finding;
  const text = report.rules.find((one) => one.id === rule);
  const [severity_id, severity] = SEVERITY[verdict === 'fail' ? finding.severity : 'info'];
  const [check_severity_id, check_severity] = SEVERITY[finding.severity];
  const {standards, requirements} = requirementsFor(rule);
  const time = Date.parse(host?.auditedAt ?? report.generatedAt);
  const uid = uuidOf('ocsf', host?.host ?? '', ...id);
  return {
    ...CLASS,
    time,
    severity_id,
    severity,
    ...lifecycle(verdict, waived),
    message: safeText(finding.summary),
    metadata: metadata(report, uuidOf('ocsf-event', uid, time), host?.run),
    finding_info: {
      uid,
      title: safeText(finding.title ?? slug),
      desc: safeText(finding.summary),
      types: ['Compliance'],
      created_time: time,
    },
    compliance: {
      ...STATUS[verdict],
      standards,
      ...(requirements.length === 0 ? {} : {requirements}),
      control: rule,
      checks: [
        {
          uid: rule,
          name: slug,
          ...(text === undefined ? {} : {desc: text.claim}),
          severity: check_severity,
          severity_id: check_severity_id,
          standards,
          ...STATUS[verdict],
          version: report.tool.version,
        },
      ],
      status_details: [
        safeText(finding.summary),
        ...finding.because.map(({reading, source, state, value, why}) =>
          safeText(`${reading} (${source}): ${state === 'read' ? (value ?? '') : (why ?? state)}`),
        ),
      ],
    },
    ...(host === undefined ? {} : {resources: [resourceOf(host)]}),
    ...(finding.fix === '' ? {} : {remediation: {desc: safeText(finding.fix)}}),
    unmapped: {
      verdict,
      ...(waived === undefined ? {} : {waived: safeText(waived)}),
      ...(host === undefined ? {} : unmappedOf(host)),
    },
  };
}

/** A pass has no life to follow; what a waiver covers was looked at and set aside. */
function lifecycle(verdict: Verdict, waived: string | undefined): object {
  if (waived !== undefined) return {status_id: 3, status: 'Suppressed'};
  return verdict === 'fail' || verdict === 'unknown' ? {status_id: 1, status: 'New'} : {};
}

function missingEvent(report: Report, {host, address, why, message, fix}: MissingHost): object {
  const time = Date.parse(report.generatedAt);
  const uid = uuidOf('ocsf-missing', host);
  return {
    ...CLASS,
    time,
    severity_id: 1,
    severity: 'Informational',
    status_id: 1,
    status: 'New',
    message: safeText(`${host} was not assessed: ${message}`),
    metadata: metadata(report, uuidOf('ocsf-event', uid, time), undefined),
    finding_info: {uid, title: 'Host not assessed', desc: safeText(message), types: ['Compliance']},
    compliance: {
      ...STATUS.unknown,
      standards: ['zbufctl'],
      status_details: [safeText(message)],
    },
    resources: [
      {uid: uuidOf('host', host), name: safeName(host), type: 'host', hostname: safeName(address)},
    ],
    remediation: {desc: safeText(fix)},
    unmapped: {verdict: 'unknown', why},
  };
}

const metadata = (report: Report, uid: string, run: string | undefined): object => ({
  version: '1.8.0',
  uid,
  product: {name: 'zbufctl', vendor_name: 'zbufctl', version: report.tool.version},
  log_name: 'zbufctl report',
  logged_time: Date.parse(report.generatedAt),
  ...(run === undefined ? {} : {correlation_uid: safeName(run)}),
});

const resourceOf = (host: ReportedHost): object => ({
  uid: uuidOf('host', host.host),
  name: safeName(host.host),
  type: 'host',
  hostname: safeName(host.address),
  labels: [...host.groups.map(safeName), ...(host.practice ? ['practice'] : [])],
  ...(host.release === undefined ? {} : {version: safeName(host.release)}),
});

const unmappedOf = (host: ReportedHost): object => ({
  posture: host.posture,
  practice: host.practice,
  ...(host.evidenceHash === undefined ? {} : {evidence_sha256: safeName(host.evidenceHash)}),
});
