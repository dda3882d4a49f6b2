import {waiversOf} from '../../inventory/waiver-reader.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Basis, ChainState, Report} from '../../model/report.js';
import {assembleReport, latestHosts} from '../../report/compliance/assemble.js';
import {changesOf, otherRun, policiesOf} from '../../report/compliance/from-runs.js';
import {diffRuns, driftOf} from '../../report/runs/run-diff.js';
import {waiveRun} from '../../rules/waive-run.js';
import {applyWaivers} from '../../rules/waivers.js';
import {utcDay} from '../../text/iso-date.js';
import type {Deps} from '../ports.js';

import type {ControlsSource} from './report-controls.js';
import {readControls} from './report-controls.js';
import {ruleTexts} from './report-of-run.js';
import type {ReportSources} from './report-sources.js';
import {loadSources} from './report-sources.js';

export interface ReportRequest {
  /** Runs as the operator names them; none: the newest evidence of every host. */
  readonly words: readonly string[];
  /** The hosts of the inventory (of the groups named); absent: there is no inventory. */
  readonly meant: readonly Host[] | undefined;
  /** Groups named; empty: all. */
  readonly groups: readonly string[];
  readonly baseline: string | undefined;
  /** How many audits before those reported on the trend shows. */
  readonly trend: number;
  readonly title: string | undefined;
  readonly controls: ControlsSource;
}

/** Stored runs, policy, waivers and evidence in one document. Throws OperatorError. */
export async function makeReport(request: ReportRequest, deps: Deps): Promise<Report> {
  const {words, meant, groups, trend, title} = request;
  const scope = meant?.map(({name}) => name);
  const sources = await loadSources(
    deps.store,
    {words, scope, baseline: request.baseline, trend},
    deps.note,
  );
  const generatedAt = deps.now();
  const day = utcDay(generatedAt);

  const scoped = withinAll(sources.audits, groups, meant);
  // Without an inventory there is no policy to judge by, and what the audits stored of waivers
  // stands.
  const waivers = meant === undefined ? undefined : waiversOf(meant);
  const fleet = meant?.map((host) => ({host: host.name, groups: host.groups}));
  const audits =
    waivers === undefined ? scoped : scoped.map((run) => waiveRun(run, waivers, day, fleet).run);
  const applied =
    waivers === undefined ? undefined : applyWaivers(latestHosts(audits), waivers, day, fleet);
  const newest = asOneRun(audits, sources.basis);
  const {baseline} = sources;

  return assembleReport({
    audits,
    basis: sources.basis,
    laterTries: sources.laterTries,
    partial: sources.partial,
    history: sources.history,
    ...(baseline === undefined || newest === undefined
      ? {}
      : {
          baseline: {
            run: baseline,
            drift: driftOf(diffRuns(within(baseline, groups, meant), newest)),
          },
        }),
    probes: sources.probes,
    changes: sources.applies.flatMap(({run, kind, plan}) => changesOf(run, kind, plan)),
    others: [
      ...sources.probeRuns.map((run) => otherRun(run, 'probe')),
      ...sources.applies.map(({run, kind}) => otherRun(run, kind)),
    ],
    ...(meant === undefined
      ? {}
      : {meant: meant.map(({name, address}) => ({host: name, address}))}),
    ...(applied === undefined ? {} : {waivers: applied.waivers, policyFindings: applied.findings}),
    policies: policiesOf(meant ?? []),
    rules: ruleTexts(),
    controls: readControls(request.controls, meant ?? [], deps.folder),
    chains: new Map<string, ChainState>([...unfinishedRuns(sources), ...sources.chain.runs]),
    ...(title === undefined ? {} : {title}),
    generatedAt,
    generatedBy: deps.operator,
    tool: {name: 'zbufctl', version: deps.version},
  });
}

/** A run that never finished is not in the chain yet. */
const unfinishedRuns = ({applies}: ReportSources): readonly (readonly [string, ChainState])[] =>
  applies.flatMap(({run}) =>
    run.finishedAt === undefined
      ? [[run.run, {state: 'not-checked', why: 'the run never finished'}] as const]
      : [],
  );

/**
 * What a baseline is compared with: the newest run, or the newest evidence of all hosts under its
 * name.
 */
function asOneRun(audits: readonly AuditRun[], basis: Basis): AuditRun | undefined {
  const [newest] = [...audits].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return newest === undefined || basis === 'named'
    ? newest
    : {...newest, hosts: latestHosts(audits)};
}

/**
 * With -g, only hosts that are in one of the groups, by the inventory or by what the audit knew.
 */
function within(
  run: AuditRun,
  groups: readonly string[],
  meant: readonly Host[] | undefined,
): AuditRun {
  if (groups.length === 0) return run;
  const names = new Set(meant?.map(({name}) => name));
  const hosts = run.hosts.filter(
    (one) => names.has(one.host) || one.groups.some((group) => groups.includes(group)),
  );
  return {...run, hosts};
}

/** The same of several runs; those that have none of the hosts are left out. */
function withinAll(
  runs: readonly AuditRun[],
  groups: readonly string[],
  meant: readonly Host[] | undefined,
): readonly AuditRun[] {
  const kept = runs.map((run) => within(run, groups, meant)).filter(({hosts}) => hosts.length > 0);
  if (kept.length === 0 && runs.length > 0)
    throw new OperatorError(
      `run ${runs.map(({run}) => run).join(', ')} has no host of ${groups.join(', ')}`,
      'Name another group or run.',
    );
  return kept;
}
