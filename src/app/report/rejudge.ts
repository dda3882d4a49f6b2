import {changePolicyOf} from '../../inventory/change-policy-reader.js';
import type {Bundle, BundledHost, RuleSet} from '../../model/bundle.js';
import type {Finding} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import type {Policy} from '../../model/policy.js';
import type {ReportedHost} from '../../model/report.js';
import type {Service} from '../../model/service.js';
import {sha256} from '../../report/sha256.js';
import {postureOf} from '../../rules/posture.js';
import {applyWaivers} from '../../rules/waivers.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {groupBy} from '../../text/group-by.js';
import {utcDay} from '../../text/iso-date.js';

import {judgeHost} from '../audit.js';
import {servicesByPolicy} from '../judging.js';

import {ruleSet} from './rule-set.js';

/**
 * - `same`: every verdict came out again.
 * - `changed`: some did not; `changes` has them.
 * - `silent`: the host never answered, so there is nothing to judge.
 * - `no-evidence`: the report has verdicts, and the bundle nothing to judge them by.
 * - `other-evidence`: it is not the evidence the report was made from.
 */
export const REJUDGED = ['same', 'changed', 'silent', 'no-evidence', 'other-evidence'] as const;
export type Rejudged = (typeof REJUDGED)[number];

export interface RejudgedHost {
  readonly host: string;
  readonly state: Rejudged;
  readonly changes: readonly VerdictChange[];
}

/** Without a rule it is the posture. */
export interface VerdictChange {
  readonly rule?: string;
  /** The service or program it is about, where there is one. */
  readonly of?: string;
  readonly reported: string;
  readonly now: string;
}

export interface Rejudgement {
  readonly hosts: readonly RejudgedHost[];
  readonly rules: {
    readonly same: boolean;
    readonly reported: string;
    /** Of the zbufctl that judges. */
    readonly here: string;
  };
}

/** Judges every host of a bundle again, from nothing but the bundle. Throws OperatorError. */
export function rejudge(
  bundle: Bundle,
  {services, version}: {readonly services: readonly Service[]; readonly version: string},
): Rejudgement {
  const bundled = new Map(bundle.hosts.map((host) => [host.host, host]));
  const judge = rejudger(bundle, (host) => bundled.get(host)?.policy ?? {}, services);
  return {
    rules: rulesAgain(bundle.rules, version, services),
    hosts: bundle.report.hosts.map((reported) => judge(reported, bundled.get(reported.host))),
  };
}

/** Whether the rules here are those of the bundle. */
export function rulesAgain(
  bundled: RuleSet,
  version: string,
  services: readonly Service[],
): Rejudgement['rules'] {
  const here = ruleSet(version, services);
  const same = here.version === bundled.version && here.digest === bundled.digest;
  return {same, reported: bundled.version, here: here.version};
}

/** What a bundle has beside its hosts. */
type Basis = Pick<Bundle, 'report' | 'waivers' | 'modeObjects'>;

/** Judges one host after the other. Throws OperatorError when a policy of theirs is wrong. */
export function rejudger(
  basis: Basis,
  policyOf: (host: string) => Policy,
  services: readonly Service[],
): (reported: ReportedHost, bundled: BundledHost | undefined) => RejudgedHost {
  const merged = servicesByPolicy(services);
  for (const reported of basis.report.hosts) merged.of(hostOf(reported, policyOf(reported.host)));
  merged.refuse();
  return (reported, bundled) => {
    const whole = evidenceState(reported, bundled);
    if (whole !== 'judge') return {host: reported.host, state: whole, changes: []};
    const host = hostOf(reported, policyOf(reported.host));
    const changes = changesOf(reported, judgeAgain(host, reported, bundled, basis, merged.of));
    return {host: reported.host, state: changes.length === 0 ? 'same' : 'changed', changes};
  };
}

function evidenceState(
  {failure, evidenceHash}: ReportedHost,
  basis: BundledHost | undefined,
): Exclude<Rejudged, 'same' | 'changed'> | 'judge' {
  if (failure !== undefined) return 'silent';
  if (basis?.evidence === undefined) return 'no-evidence';
  return sha256(canonicalJson(basis.evidence)) === evidenceHash ? 'judge' : 'other-evidence';
}

/** The host as it was when it was judged; how to reach it plays no part. */
const hostOf = (reported: ReportedHost, policy: Policy): Host => ({
  name: reported.host,
  address: reported.address,
  groups: reported.groups,
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  ...(reported.practice ? {practice: true} : {}),
  policy,
  origin: {file: '', line: 0},
});

type Judged = Pick<ReportedHost, 'posture' | 'findings'>;

function judgeAgain(
  host: Host,
  reported: ReportedHost,
  basis: BundledHost | undefined,
  {report, waivers, modeObjects}: Basis,
  servicesFor: (host: Host) => readonly Service[],
): Judged {
  const evidence = basis?.evidence;
  if (evidence === undefined) throw new Error(`no evidence of ${host.name}`);
  const bare = judgeHost(host, evidence, {
    servicesFor,
    probeFor: () => basis?.probe,
    changesFor: (one: Host) => changePolicyOf(one.policy),
    modeObjects,
    waivers: [],
    now: () => reported.auditedAt,
  });
  const findings =
    waivers === undefined
      ? withMarksOf(reported.findings, bare.findings)
      : (applyWaivers([bare], waivers, utcDay(report.generatedAt)).hosts[0]?.findings ?? []);
  // A posture that the findings did not make (not FreeBSD, no bpf) stays whatever is waived.
  const made = postureOf(bare.findings) === bare.posture;
  return {findings, posture: made ? postureOf(findings) : bare.posture};
}

/** What a finding is about; several of a rule and thing keep their order. */
const subjectOf = ({rule, service, program, pid}: Finding): string =>
  JSON.stringify([rule, service ?? program ?? '', pid ?? 0]);

/** Without the inventory's waivers, what the audit stored of them stands. */
function withMarksOf(stored: readonly Finding[], findings: readonly Finding[]): readonly Finding[] {
  const waived = new Map(
    stored.flatMap((f) =>
      f.verdict === 'fail' && f.waived !== undefined ? [[subjectOf(f), f.waived] as const] : [],
    ),
  );
  return findings.map((finding) => {
    const reason = finding.verdict === 'fail' ? waived.get(subjectOf(finding)) : undefined;
    return reason === undefined ? finding : {...finding, waived: reason};
  });
}

const NOTHING = 'nothing';

function changesOf(reported: Judged, now: Judged): readonly VerdictChange[] {
  const before = groupBy(reported.findings, subjectOf);
  const after = groupBy(now.findings, subjectOf);
  const subjects = [...new Set([...before.keys(), ...after.keys()])];
  const changes = subjects.flatMap((subject): VerdictChange[] => {
    const [then, again] = [before.get(subject) ?? [], after.get(subject) ?? []];
    const [was, is] = [verdictsOf(then), verdictsOf(again)];
    const [about] = [...then, ...again];
    if (was === is || about === undefined) return [];
    const of = about.service ?? about.program;
    return [{rule: about.rule, ...(of === undefined ? {} : {of}), reported: was, now: is}];
  });
  return reported.posture === now.posture
    ? changes
    : [{reported: reported.posture, now: now.posture}, ...changes];
}

const verdictsOf = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? NOTHING
    : findings
        .map(({verdict, severity, waived}) =>
          verdict === 'fail'
            ? `fail (${severity})${waived === undefined ? '' : ', waived'}`
            : verdict,
        )
        .join(', ');
