import type {Finding, Verdict} from '../../model/finding.js';
import type {MissingHost, Report} from '../../model/report.js';
import {lineJson} from '../../text/canonical-json.js';
import {safeName, safeText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import type {AboutHost, AboutRule} from './ocsf-about.js';
import {aboutHost, aboutRules, metadataOf, SEVERITY, STATUS} from './ocsf-about.js';

/**
 * OCSF 1.8 Compliance Findings (class 2003), one a line: every verdict of every host, and a warning
 * for each host that said nothing. Facts: ocsf/ocsf-schema, events/findings and objects/compliance.
 */
export function* ocsfParts(report: Report): Iterable<string> {
  for (const event of eventsOf(report)) yield `${lineJson(event)}\n`;
}

export const renderOcsf = (report: Report): string => [...ocsfParts(report)].join('');

function* eventsOf(report: Report): Iterable<object> {
  const rules = aboutRules(report);
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

const subjectOf = ({rule, service, program, pid}: Finding): string =>
  JSON.stringify([rule, service ?? program ?? '', pid ?? 0]);

/** What tells one event from another. */
interface Said {
  readonly compliance: object;
  readonly finding_info: object;
  readonly life: Lifecycle | undefined;
  readonly message: string;
  readonly metadata: object;
  readonly remediation: object | undefined;
  readonly resources: readonly object[] | undefined;
  readonly severity: readonly [number, string];
  readonly time: number;
  readonly unmapped: object;
}

/**
 * Members of every event stand in the order in which they are written, and those there are not are
 * undefined: a report of very many hosts has dozens of events a host, and to put objects together
 * and in order took longer than all else.
 */
const eventOf = (said: Said): object => ({
  activity_id: 1,
  activity_name: 'Create',
  category_name: 'Findings',
  category_uid: 2,
  class_name: 'Compliance Finding',
  class_uid: 2003,
  compliance: said.compliance,
  finding_info: said.finding_info,
  message: said.message,
  metadata: said.metadata,
  remediation: said.remediation,
  resources: said.resources,
  severity: said.severity[1],
  severity_id: said.severity[0],
  status: said.life?.status,
  status_id: said.life?.status_id,
  time: said.time,
  type_name: 'Compliance Finding: Create',
  type_uid: 200301,
  unmapped: said.unmapped,
});

function findingEvent(
  finding: Finding,
  id: readonly (string | number)[],
  about: AboutHost,
  {standards, requirements, claim, version}: AboutRule,
): object {
  const {rule, slug, verdict, waived} = finding;
  const {time, posture, practice} = about;
  const [severity_id, severity] = SEVERITY[finding.severity];
  const {status, status_id} = STATUS[verdict];
  const uid = uuidOf('ocsf', about.host, ...id);
  const summary = safeText(finding.summary);
  const check = {
    desc: claim,
    name: slug,
    severity,
    severity_id,
    standards,
    status,
    status_id,
    uid: rule,
    version,
  };
  const status_details = [
    summary,
    ...finding.because.map(({reading, source, state, value, why}) =>
      safeText(`${reading} (${source}): ${state === 'read' ? (value ?? '') : (why ?? state)}`),
    ),
  ];
  return eventOf({
    compliance: {
      checks: [check],
      control: rule,
      requirements,
      standards,
      status,
      status_details,
      status_id,
    },
    finding_info: {
      created_time: time,
      desc: summary,
      title: safeText(finding.title ?? slug),
      types: ['Compliance'],
      uid,
    },
    life: lifecycle(verdict, waived),
    message: summary,
    metadata: about.metadata(uuidOf('ocsf-event', uid, time)),
    remediation: finding.fix === '' ? undefined : {desc: safeText(finding.fix)},
    resources: about.resources,
    severity: SEVERITY[verdict === 'fail' ? finding.severity : 'info'],
    time,
    unmapped: {
      evidence_sha256: about.evidence,
      posture,
      practice,
      verdict,
      waived: waived === undefined ? undefined : safeText(waived),
    },
  });
}

/** What is followed of a finding. */
interface Lifecycle {
  readonly status_id: number;
  readonly status: string;
}

const NEW: Lifecycle = {status_id: 1, status: 'New'};
const SUPPRESSED: Lifecycle = {status_id: 3, status: 'Suppressed'};

/** A pass has no life to follow; what a waiver covers was looked at and set aside. */
function lifecycle(verdict: Verdict, waived: string | undefined): Lifecycle | undefined {
  if (waived !== undefined) return SUPPRESSED;
  return verdict === 'fail' || verdict === 'unknown' ? NEW : undefined;
}

function missingEvent(report: Report, {host, address, why, message, fix}: MissingHost): object {
  const time = Date.parse(report.generatedAt);
  const uid = uuidOf('ocsf-missing', host);
  return eventOf({
    compliance: {
      ...STATUS.unknown,
      standards: ['zbufctl'],
      status_details: [safeText(message)],
    },
    finding_info: {uid, title: 'Host not assessed', desc: safeText(message), types: ['Compliance']},
    life: NEW,
    message: safeText(`${host} was not assessed: ${message}`),
    metadata: metadataOf(report, undefined)(uuidOf('ocsf-event', uid, time)),
    remediation: {desc: safeText(fix)},
    resources: [
      {uid: uuidOf('host', host), name: safeName(host), type: 'host', hostname: safeName(address)},
    ],
    severity: SEVERITY.info,
    time,
    unmapped: {verdict: 'unknown', why},
  });
}
