import type {Severity, Verdict} from '../../model/finding.js';
import type {Report, ReportedHost} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import {remembering} from '../../text/remembering.js';
import {safeName, safeText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';

/** What OCSF says of a check: Warning is "did not yield a result due to missing information". */
export const STATUS: Readonly<
  Record<Verdict, {readonly status_id: number; readonly status: string}>
> = {
  pass: {status_id: 1, status: 'Pass'},
  unknown: {status_id: 2, status: 'Warning'},
  fail: {status_id: 3, status: 'Fail'},
  'not-applicable': {status_id: 99, status: 'Not applicable'},
};

export const SEVERITY: Readonly<Record<Severity, readonly [number, string]>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

/** What events say of a rule, whatever the finding. */
export interface AboutRule {
  readonly standards: readonly string[];
  readonly requirements: readonly string[] | undefined;
  readonly claim: string | undefined;
  /** Of zbufctl, which checks it. */
  readonly version: string;
}

const MOST_RULES = 1000;

/** The controls a rule speaks to, and what it claims, by rule. */
export function aboutRules({frameworks, rules, tool}: Report): (rule: string) => AboutRule {
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
      const standards = [...new Set(list.map(({title}) => safeText(title)))];
      const requirements = [...new Set(list.map(({requirement}) => safeText(requirement)))];
      return {
        // A rule no framework asks for is measured by itself.
        standards: standards.length === 0 ? ['zbufctl'] : standards,
        requirements: requirements.length === 0 ? undefined : requirements,
        claim: rules.find(({id}) => id === rule)?.claim,
        version: tool.version,
      };
    });
}

/** What all events of a host say, or those about the policy. */
export interface AboutHost {
  readonly host: string;
  readonly time: number;
  readonly metadata: (uid: string) => object;
  readonly resources: readonly object[] | undefined;
  readonly evidence: string | undefined;
  readonly posture: string | undefined;
  readonly practice: boolean | undefined;
}

export function aboutHost(report: Report, host: ReportedHost | undefined): AboutHost {
  const hash = host?.evidenceHash;
  return {
    host: host?.host ?? '',
    time: Date.parse(host?.auditedAt ?? report.generatedAt),
    metadata: metadataOf(report, host?.run),
    resources: host === undefined ? undefined : [resourceOf(host)],
    evidence: hash === undefined ? undefined : safeName(hash),
    posture: host?.posture,
    practice: host?.practice,
  };
}

/** Of every event. */
export function metadataOf(report: Report, run: string | undefined): (uid: string) => object {
  const correlation_uid = run === undefined ? undefined : safeName(run);
  const logged_time = Date.parse(report.generatedAt);
  const product = {name: 'zbufctl', vendor_name: 'zbufctl', version: report.tool.version};
  return (uid) => ({
    correlation_uid,
    log_name: 'zbufctl report',
    logged_time,
    product,
    uid,
    version: '1.8.0',
  });
}

const resourceOf = (host: ReportedHost): object => ({
  hostname: safeName(host.address),
  labels: [...host.groups.map(safeName), ...(host.practice ? ['practice'] : [])],
  name: safeName(host.host),
  type: 'host',
  uid: uuidOf('host', host.host),
  version: host.release === undefined ? undefined : safeName(host.release),
});
