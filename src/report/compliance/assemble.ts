import type {AuditRun} from '../../model/audit-run.js';
import type {Finding, Posture} from '../../model/finding.js';
import type {
  Basis,
  ChainState,
  Controls,
  Drift,
  LaterTry,
  MissingHost,
  PolicyStatement,
  Report,
  ReportedChange,
  ReportedHost,
  ReportedProbe,
  ReportedRun,
  RuleText,
  Scope,
  TrendPoint,
} from '../../model/report.js';
import type {WaiverState} from '../../model/waiver.js';
import {withMembers} from '../../text/host-on-demand.js';
import {isSilent} from '../findings/assessment.js';
import {controlResults} from './control-results.js';

/** A run other than an audit, for the list of runs; what it did goes into `probes` or `changes`. */
export type OtherRun = Pick<
  ReportedRun,
  'run' | 'kind' | 'startedAt' | 'finishedAt' | 'toolVersion' | 'interrupted' | 'hosts'
>;

export interface ReportInput {
  /**
   * The audits reported on, waivers already applied; a host in several counts as the latest says.
   * None: nobody was asked.
   */
  readonly audits: readonly AuditRun[];
  /** `newest`: the audits hold the newest evidence of every host; absent: they were named. */
  readonly basis?: Basis;
  /** Tries after what the audits say, by host. */
  readonly laterTries?: ReadonlyMap<string, LaterTry>;
  /** Audits of which only some hosts are here: no points of the trend. */
  readonly partial?: ReadonlySet<string>;
  /** Audits before them, for the trend; a stored run's summary has all that is needed. */
  readonly history?: readonly TrendPoint[];
  readonly baseline?: {readonly run: AuditRun; readonly drift: Drift};
  readonly others?: readonly OtherRun[];
  readonly probes?: readonly ReportedProbe[];
  readonly changes?: readonly ReportedChange[];
  /** Every host the operator meant, e.g. the inventory; absent: the hosts of the audits. */
  readonly meant?: readonly {readonly host: string; readonly address: string}[];
  readonly waivers?: readonly WaiverState[];
  readonly policyFindings?: readonly Finding[];
  readonly policies?: readonly PolicyStatement[];
  readonly rules: readonly RuleText[];
  readonly controls: Controls;
  /** What checking the stored hash chains found, by run. */
  readonly chains?: ReadonlyMap<string, ChainState>;
  readonly title?: string;
  /** ISO 8601 UTC: injected, so that the same input gives the same bytes. */
  readonly generatedAt: string;
  readonly generatedBy?: string;
  readonly tool: Report['tool'];
}

/**
 * Puts the parts of a report together. Decides nothing about hosts: what the runs say is what the
 * report says.
 */
export function assembleReport(input: ReportInput): Report {
  if (input.audits.length === 0 && (input.meant ?? []).length === 0)
    throw new Error('a report needs an audit, or hosts that were meant');
  const hosts = latestHosts(input.audits).map((host): ReportedHost => {
    const laterTry = input.laterTries?.get(host.host);
    return laterTry === undefined ? host : withMembers(host, {laterTry});
  });
  const scope = scopeOf(hosts, input.meant);
  const policyFindings = input.policyFindings ?? [];
  return {
    schema: 'zbufctl.report/1',
    title: input.title ?? 'Packet captures and zero-copy BPF',
    generatedAt: input.generatedAt,
    ...(input.generatedBy === undefined ? {} : {generatedBy: input.generatedBy}),
    tool: input.tool,
    runs: reportedRuns(input),
    basis: input.basis ?? 'named',
    scope,
    totals: totalsOf(hosts),
    hosts,
    policyFindings,
    rules: input.rules,
    frameworks: controlResults(input.controls, hosts, policyFindings, scope.missing.length),
    policies: input.policies ?? [],
    waivers: input.waivers ?? [],
    ...(input.baseline === undefined ? {} : {drift: input.baseline.drift}),
    trend: trendOf(
      input.history ?? [],
      input.audits.filter(({run}) => input.partial?.has(run) !== true),
    ),
    probes: input.probes ?? [],
    changes: input.changes ?? [],
  };
}

const byTime = (a: {readonly startedAt: string; readonly run: string}, b: typeof a): number =>
  compare(a.startedAt, b.startedAt) || compare(a.run, b.run);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = new Intl.Collator('en', {numeric: true});

/**
 * One entry a host: of several audits, the latest that has it. By name, numbers in their natural
 * order.
 */
export function latestHosts(audits: readonly AuditRun[]): readonly ReportedHost[] {
  const latest = new Map<string, ReportedHost>();
  for (const audit of [...audits].sort(byTime))
    for (const host of audit.hosts)
      latest.set(host.host, withMembers(host, {run: audit.run, auditedAt: audit.startedAt}));
  return [...latest.values()].sort(
    (a, b) => byName.compare(a.host, b.host) || compare(a.host, b.host),
  );
}

function scopeOf(hosts: readonly ReportedHost[], meant: ReportInput['meant']): Scope {
  const silent = hosts.flatMap((one): MissingHost[] => {
    const {host, address, failure} = one;
    return failure === undefined || !isSilent(one)
      ? []
      : [{host, address, why: failure.kind, message: failure.message, fix: failure.fix}];
  });
  const audited = new Set(hosts.map((host) => host.host));
  const notAsked = (meant ?? [])
    .filter(({host}) => !audited.has(host))
    .map(({host, address}): MissingHost => ({host, address, ...NOT_ASKED}));
  return {
    meant: audited.size + notAsked.length,
    answered: audited.size - silent.length,
    missing: [...silent, ...notAsked],
  };
}

const NOT_ASKED = {
  why: 'not-asked',
  message: 'The host is in the inventory, and in none of the runs of this report.',
  fix: 'Audit it: zbufctl audit with the same inventory and no host or group named.',
} as const;

function totalsOf(hosts: readonly {readonly posture: Posture}[]): Report['totals'] {
  const totals: Partial<Record<Posture, number>> = {};
  for (const {posture} of hosts) totals[posture] = (totals[posture] ?? 0) + 1;
  return totals;
}

function trendOf(
  history: readonly TrendPoint[],
  audits: readonly AuditRun[],
): readonly TrendPoint[] {
  const own = audits.map(({run, startedAt, hosts}): TrendPoint => ({
    run,
    at: startedAt,
    totals: totalsOf(hosts),
  }));
  const unique = [...new Map([...history, ...own].map((point) => [point.run, point])).values()];
  return unique.sort((a, b) => compare(a.at, b.at) || compare(a.run, b.run));
}

function reportedRuns(input: ReportInput): readonly ReportedRun[] {
  const chainOf = (run: string): ChainState =>
    input.chains?.get(run) ?? {state: 'not-checked', why: 'the run did not come from the store'};
  const audit = (run: AuditRun, role: ReportedRun['role']): ReportedRun => ({
    run: run.run,
    kind: 'audit',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    toolVersion: run.tool.version,
    interrupted: run.interrupted,
    hosts: run.hosts.length,
    role,
    chain: chainOf(run.run),
  });
  const runs = [
    ...(input.baseline === undefined ? [] : [audit(input.baseline.run, 'baseline')]),
    ...(input.others ?? []).map((run): ReportedRun => ({
      ...run,
      role: 'subject',
      chain: chainOf(run.run),
    })),
    ...input.audits.map((run) => audit(run, 'subject')),
  ];
  // The last role given wins: a run that is reported on is no mere baseline.
  return [...new Map(runs.map((run) => [run.run, run])).values()].sort(byTime);
}
