import type {ShownReading, Finding, Severity, Verdict} from '../../src/model/finding.js';
import {RULES as REAL} from '../../src/rules/index.js';

interface RuleText {
  readonly slug: string;
  readonly severity: Severity;
}

/** Ids, claims and severities as the contract lists them. */
export const RULES = {
  'ZBUF-001': {slug: 'no-capture-is-stalled', severity: 'critical'},
  'ZBUF-002': {slug: 'no-fork-capture-with-zerocopy-on', severity: 'high'},
  'ZBUF-003': {slug: 'boot-value-is-safe', severity: 'high'},
  'ZBUF-004': {slug: 'runtime-matches-boot', severity: 'medium'},
  'ZBUF-005': {slug: 'value-matches-policy', severity: 'medium'},
  'ZBUF-006': {slug: 'setting-is-where-it-counts', severity: 'low'},
  'ZBUF-007': {slug: 'zerocopy-takes-effect', severity: 'info'},
  'ZBUF-008': {slug: 'inherited-descriptors-stay-buffered', severity: 'low'},
  'ZBUF-009': {slug: 'sysctl-conf-loads', severity: 'medium'},
  'ZBUF-010': {slug: 'probe-agrees', severity: 'medium'},
  'ZBUF-011': {slug: 'captures-are-known', severity: 'info'},
  'ZBUF-012': {slug: 'captured-pages-stay-private', severity: 'low'},
  'ZBUF-013': {slug: 'restart-will-return', severity: 'high'},
} as const satisfies Record<string, RuleText>;

export type RuleId = keyof typeof RULES;

export interface FindingSpec {
  readonly rule: RuleId;
  /** fail when absent. */
  readonly verdict?: Verdict;
  readonly summary?: string;
  readonly matters?: string;
  readonly because?: readonly ShownReading[];
  readonly fix?: string;
  readonly service?: string;
  readonly pid?: number;
  readonly waived?: string;
}

const RUNNING: ShownReading = {
  reading: 'net.bpf.zerocopy_enable',
  source: 'sysctl net.bpf',
  state: 'read',
  value: '0',
};

/** A finding with the rule's own slug and severity; what is not given is filled with plain text. */
export function makeFinding(spec: FindingSpec): Finding {
  const {slug, severity} = RULES[spec.rule];
  const verdict = spec.verdict ?? 'fail';
  const title = verdict === 'fail' ? REAL.find(({id}) => id === spec.rule)?.title : undefined;
  const quiet = verdict === 'pass' || verdict === 'not-applicable';
  const finding: Finding = {
    slug,
    ...(title === undefined ? {} : {title}),
    severity,
    verdict,
    summary: spec.summary ?? `${slug.replaceAll('-', ' ')}: ${verdict}`,
    matters: spec.matters ?? (quiet ? '' : 'Firewall log packets can be lost without a message.'),
    because: spec.because ?? [RUNNING],
    fix: spec.fix ?? (quiet ? '' : `zbufctl explain ${spec.rule}`),
    rule: spec.rule,
    ...(spec.service === undefined ? {} : {service: spec.service}),
    ...(spec.pid === undefined ? {} : {pid: spec.pid}),
    ...(spec.waived === undefined ? {} : {waived: spec.waived}),
  };
  refuseNonsense(finding);
  return finding;
}

function refuseNonsense(finding: Finding): void {
  const at = `${finding.rule} (${finding.verdict})`;
  if (finding.summary === '') throw new Error(`${at}: no summary`);
  if (finding.verdict === 'fail' || finding.verdict === 'unknown') {
    if (finding.fix === '') throw new Error(`${at}: no fix`);
    if (finding.because.length === 0) throw new Error(`${at}: rests on no reading`);
  }
  if (finding.verdict === 'fail' && finding.matters === '')
    throw new Error(`${at}: why does it matter?`);
  if (finding.waived !== undefined && finding.verdict !== 'fail')
    throw new Error(`${at}: only a failure can be waived`);
  for (const because of finding.because) {
    if ((because.state === 'read') !== (because.value !== undefined))
      throw new Error(`${at}: ${because.reading} is ${because.state} and its value says otherwise`);
    if ((because.state === 'unreadable') !== (because.why !== undefined))
      throw new Error(`${at}: ${because.reading}: unreadable, and only unreadable, has a why`);
  }
}

/**
 * The given findings, and a pass for every other rule an audit evaluates (all but ZBUF-010, which
 * needs a probe).
 */
export function passesBut(...others: readonly Finding[]): readonly Finding[] {
  const taken = new Set(others.map((f) => f.rule));
  const rules = (Object.keys(RULES) as RuleId[]).filter(
    (rule) => rule !== 'ZBUF-010' && !taken.has(rule),
  );
  return [...others, ...rules.map((rule) => makeFinding({rule, verdict: 'pass'}))].sort((a, b) =>
    a.rule < b.rule ? -1 : 1,
  );
}
