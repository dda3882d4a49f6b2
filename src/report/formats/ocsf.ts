import type {Finding, Severity, Verdict} from '../../model/finding.js';
import type {MissingHost, Report, ReportedHost} from '../../model/report.js';
import {lineJson} from '../../text/canonical-json.js';
import {groupBy} from '../../text/group-by.js';
import {remembering} from '../../text/remembering.js';
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
  const rules = textsOf(report);
  for (const host of report.hosts) {
    const seen = new Map<string, number>();
    const about = aboutHost(report, host);
    for (const finding of host.findings) {
      const subject = subjectOf(finding);
      const nth = seen.get(subject) ?? 0;
      seen.set(subject, nth + 1);
      yield findingEvent(finding, [subject, nth], about, rules(finding.rule));
    }
  }
  const about = aboutHost(report, undefined);
  for (const [i, finding] of report.policyFindings.entries())
    yield findingEvent(finding, ['policy', i], about, rules(finding.rule));
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

/** What events say of a rule, whatever the finding. */
interface AboutRule {
  readonly standards: readonly string[];
  readonly requirements: object;
  readonly claim: object;
  readonly version: string;
}

/** The controls a rule speaks to, and what it claims, by rule. */
function textsOf({frameworks, rules, tool}: Report): (rule: string) => AboutRule {
  const mapped = frameworks.flatMap(({title, controls}) =>
    controls.flatMap(({control, title: what, because}) =>
      because.map(({rule}) => ({rule, title, requirement: `${title} ${control}: ${what}`})),
    ),
  );
  const byRule = groupBy(mapped, ({rule}) => rule);
  const known = remembering<AboutRule>(MOST_RULES);
  return (rule) =>
    known(rule, () => {
      const list = byRule.get(rule) ?? [];
      const claim = rules.find(({id}) => id === rule)?.claim;
      const standards = [...new Set(list.map(({title}) => safeText(title)))];
      const requirements = [...new Set(list.map(({requirement}) => safeText(requirement)))];
      return {
        // A rule no framework asks for is measured by itself.
        standards: standards.length === 0 ? ['zbufctl'] : standards,
        requirements: requirements.length === 0 ? {} : {requirements},
        claim: claim === undefined ? {} : {desc: claim},
        version: tool.version,
      };
    });
}

const MOST_RULES = 1000;

/** What all events of a host say, or those about the policy. */
interface AboutHost {
  readonly host: string;
  readonly time: number;
  readonly metadata: (uid: string) => object;
  readonly members: object;
  readonly unmapped: object;
}

function aboutHost(report: Report, host: ReportedHost | undefined): AboutHost {
  const time = Date.parse(host?.auditedAt ?? report.generatedAt);
  return {
    host: host?.host ?? '',
    time,
    metadata: metadataOf(report, host?.run),
    members: host === undefined ? {} : {resources: [resourceOf(host)]},
    unmapped: host === undefined ? {} : unmappedOf(host),
  };
}

function findingEvent(
  finding: Finding,
  id: readonly (string | number)[],
  about: AboutHost,
  {standards, requirements, claim, version}: AboutRule,
): object {
  const {rule, slug, verdict, waived} = finding;
  const {time} = about;
  const [severity_id, severity] = SEVERITY[verdict === 'fail' ? finding.severity : 'info'];
  const [check_severity_id, check_severity] = SEVERITY[finding.severity];
  const uid = uuidOf('ocsf', about.host, ...id);
  const summary = safeText(finding.summary);
  return {
    ...CLASS,
    ...about.members,
    time,
    severity_id,
    severity,
    ...lifecycle(verdict, waived),
    message: summary,
    metadata: about.metadata(uuidOf('ocsf-event', uid, time)),
    finding_info: {
      uid,
      title: safeText(finding.title ?? slug),
      desc: summary,
      types: ['Compliance'],
      created_time: time,
    },
    compliance: {
      ...STATUS[verdict],
      ...requirements,
      standards,
      control: rule,
      checks: [
        {
          ...STATUS[verdict],
          ...claim,
          uid: rule,
          name: slug,
          severity: check_severity,
          severity_id: check_severity_id,
          standards,
          version,
        },
      ],
      status_details: [
        summary,
        ...finding.because.map(({reading, source, state, value, why}) =>
          safeText(`${reading} (${source}): ${state === 'read' ? (value ?? '') : (why ?? state)}`),
        ),
      ],
    },
    ...(finding.fix === '' ? {} : {remediation: {desc: safeText(finding.fix)}}),
    unmapped: {
      ...about.unmapped,
      verdict,
      ...(waived === undefined ? {} : {waived: safeText(waived)}),
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
    metadata: metadataOf(report, undefined)(uuidOf('ocsf-event', uid, time)),
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

function metadataOf(report: Report, run: string | undefined): (uid: string) => object {
  const all = {
    version: '1.8.0',
    product: {name: 'zbufctl', vendor_name: 'zbufctl', version: report.tool.version},
    log_name: 'zbufctl report',
    logged_time: Date.parse(report.generatedAt),
    ...(run === undefined ? {} : {correlation_uid: safeName(run)}),
  };
  return (uid) => ({...all, uid});
}

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
