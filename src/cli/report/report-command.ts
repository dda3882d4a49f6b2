import {hostname} from 'node:os';

import {selectHosts} from '../../inventory/select-hosts.js';
import {loadReportAssets} from '../../io/package/report-assets.js';
import {readVersion} from '../../io/package/version.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Basis, ChainState, Report} from '../../model/report.js';
import {assembleReport, latestHosts} from '../../report/compliance/assemble.js';
import {changesOf, otherRun, policiesOf} from '../../report/compliance/from-runs.js';
import {REPORT_RENDERERS} from '../../report/report-renderers.js';
import {diffRuns, driftOf} from '../../report/runs/run-diff.js';
import {waiveRun} from '../../rules/waive-run.js';
import {applyWaivers} from '../../rules/waivers.js';
import {utcDay} from '../../text/iso-date.js';

import {openStore} from '../open-store.js';
import {EXIT, exitCodeOfAudit, SEVERITIES, worst} from '../exit-codes.js';
import type {ExitCode} from '../exit-codes.js';
import {readInventory} from '../hosts/load-hosts.js';
import type {HostFlags} from '../hosts/load-hosts.js';
import {parseOutputs} from '../terminal/output.js';
import {readPolicyWaivers} from '../hosts/policy-waivers.js';
import {readControls} from './report-policy.js';
import {ruleTexts} from './report-of-run.js';
import type {ReportSources} from './report-sources.js';
import {loadSources} from './report-sources.js';
import {surroundings} from '../terminal/surroundings.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeReport} from './write-report.js';

export interface ReportFlags extends HostFlags {
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
  readonly 'fail-on': Severity;
  readonly baseline?: string | undefined;
  readonly trend: number;
  readonly title?: string | undefined;
  readonly sign?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

/** `zbufctl report`: stored runs, policy, waivers and evidence in one document, in any format, signed when asked for. */
export async function reportCommand(
  words: readonly string[],
  flags: ReportFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, Object.keys(REPORT_RENDERERS), 'table');
  if (flags.sign !== undefined && outputs.every((output) => output.file === undefined))
    throw new OperatorError('--sign needs a file to sign', 'Give a format a file: -o html:report.html.');

  const report = await makeReport(words, flags, around, terminal);
  await writeReport(report, {outputs, failOn: flags['fail-on'], sign: flags.sign, around, terminal});
  return exitCodeOfReport(report, flags['fail-on']);
}

async function makeReport(
  words: readonly string[],
  flags: ReportFlags,
  around: Surroundings,
  terminal: Terminal,
): Promise<Report> {
  const store = openStore(around.stateDirectory, terminal);
  const meant = await meantHosts(flags, around, terminal);
  const scope = meant?.map(({name}) => name);
  const sources = await loadSources(
    store,
    {words, scope, baseline: flags.baseline, trend: flags.trend},
    terminal,
  );
  const generatedAt = new Date().toISOString();
  const day = utcDay(generatedAt);

  const scoped = withinAll(sources.audits, flags, meant);
  // Without an inventory there is no policy to judge by, and what the audits stored of waivers stands.
  const waivers = meant === undefined ? undefined : readPolicyWaivers(meant, around.workingDirectory);
  const fleet = meant?.map(({name, groups}) => ({host: name, groups}));
  const audits = waivers === undefined ? scoped : scoped.map((run) => waiveRun(run, waivers, day, fleet).run);
  const applied = waivers === undefined ? undefined : applyWaivers(latestHosts(audits), waivers, day, fleet);
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
      : {baseline: {run: baseline, drift: driftOf(diffRuns(within(baseline, flags, meant), newest))}}),
    probes: sources.probes,
    changes: sources.applies.flatMap(({run, kind, plan}) => changesOf(run, kind, plan)),
    others: [
      ...sources.probeRuns.map((run) => otherRun(run, 'probe')),
      ...sources.applies.map(({run, kind}) => otherRun(run, kind)),
    ],
    ...(meant === undefined ? {} : {meant: meant.map(({name, address}) => ({host: name, address}))}),
    ...(applied === undefined ? {} : {waivers: applied.waivers, policyFindings: applied.findings}),
    policies: policiesOf(meant ?? []),
    rules: ruleTexts(),
    controls: readControls(loadReportAssets().controls, meant ?? [], around.workingDirectory),
    chains: new Map<string, ChainState>([...unfinishedRuns(sources), ...sources.chain.runs]),
    ...(flags.title === undefined ? {} : {title: flags.title}),
    generatedAt,
    generatedBy: `${around.user}@${hostname()}`,
    tool: {name: 'zbufctl', version: readVersion()},
  });
}

/** The hosts of the inventory (of the groups named); undefined when there is no inventory. */
async function meantHosts(
  flags: HostFlags,
  around: Surroundings,
  terminal: Terminal,
): Promise<readonly Host[] | undefined> {
  const inventory = await readInventory(flags, around, terminal, true);
  if (inventory.hosts.length === 0) return undefined;
  const selected = selectHosts(inventory, {hosts: [], groups: flags.group ?? []});
  if (!selected.ok)
    throw new OperatorError(
      selected.complaints.map((c) => c.message).join('; '),
      selected.complaints.map((c) => c.fix).join(' '),
    );
  return selected.hosts;
}

/** A run that never finished is not in the chain yet. */
const unfinishedRuns = ({applies}: ReportSources): readonly (readonly [string, ChainState])[] =>
  applies.flatMap(({run}) =>
    run.finishedAt === undefined
      ? [[run.run, {state: 'not-checked', why: 'the run never finished'}] as const]
      : [],
  );

/** What a baseline is compared with: the newest run, or the newest evidence of all hosts under its name. */
function asOneRun(audits: readonly AuditRun[], basis: Basis): AuditRun | undefined {
  const [newest] = [...audits].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return newest === undefined || basis === 'named' ? newest : {...newest, hosts: latestHosts(audits)};
}

/** With -g, only hosts that are in one of the groups, by the inventory or by what the audit knew. */
function within(run: AuditRun, {group}: HostFlags, meant: readonly Host[] | undefined): AuditRun {
  if (group === undefined || group.length === 0) return run;
  const names = new Set(meant?.map(({name}) => name));
  const hosts = run.hosts.filter(
    ({host, groups}) => names.has(host) || groups.some((g) => group.includes(g)),
  );
  return {...run, hosts};
}

/** The same of several runs; those that have none of the hosts are left out. */
function withinAll(
  runs: readonly AuditRun[],
  flags: HostFlags,
  meant: readonly Host[] | undefined,
): readonly AuditRun[] {
  const kept = runs.map((run) => within(run, flags, meant)).filter(({hosts}) => hosts.length > 0);
  if (kept.length === 0 && runs.length > 0)
    throw new OperatorError(
      `run ${runs.map(({run}) => run).join(', ')} has no host of ${(flags.group ?? []).join(', ')}`,
      'Name another group or run.',
    );
  return kept;
}

/** As for an audit; findings about the policy, hosts nobody asked and a broken chain count, too. */
function exitCodeOfReport(report: Report, failOn: Severity): ExitCode {
  const threshold = SEVERITIES.indexOf(failOn);
  const asRun = {
    hosts: report.hosts,
    interrupted: report.runs.some((r) => r.interrupted && r.role === 'subject'),
  };
  const codes: ExitCode[] = [exitCodeOfAudit(asRun, failOn)];
  if (report.policyFindings.some((f) => SEVERITIES.indexOf(f.severity) <= threshold))
    codes.push(EXIT.findings);
  if (report.runs.some((run) => run.chain.state === 'broken')) codes.push(EXIT.findings);
  if (report.scope.missing.length > 0 || report.hosts.some(({laterTry}) => laterTry !== undefined))
    codes.push(EXIT.unknown);
  return worst(codes);
}
