import type {ChainCheck} from '../../model/run-documents.js';
import type {ApplyRun} from '../../model/apply-run.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Posture} from '../../model/finding.js';
import {POSTURES} from '../../model/finding.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import type {ProbeRun} from '../../model/probe.js';
import type {Basis, LaterTry, ReportedProbe, TrendPoint} from '../../model/report.js';
import {probeOf, probesOf} from '../../report/compliance/from-runs.js';
import {wholeAudits} from '../../report/findings/newest-evidence.js';
import {kindOfRun} from '../../text/run-id.js';

import type {NewestAudits} from '../evidence/newest-audits.js';
import {auditIndex, newestAudits} from '../evidence/newest-audits.js';
import type {Note, StoredRuns} from '../ports.js';
import {storedProbes} from '../evidence/stored-probes.js';

/** The stored runs a report is made of. */
export interface ReportSources {
  readonly audits: readonly AuditRun[];
  readonly probes: readonly ReportedProbe[];
  readonly probeRuns: readonly ProbeRun[];
  readonly applies: readonly StoredChange[];
  readonly baseline?: AuditRun;
  readonly history: readonly TrendPoint[];
  readonly chain: ChainCheck;
  /** `newest`: nobody named a run, and the audits hold the newest evidence of every host. */
  readonly basis: Basis;
  readonly laterTries: ReadonlyMap<string, LaterTry>;
  /** Audits of which only some hosts count: no points of a trend. */
  readonly partial: ReadonlySet<string>;
}

export interface StoredChange {
  readonly run: ApplyRun;
  readonly kind: 'apply' | 'rollback';
  /** Absent: it cannot be read. */
  readonly plan?: Plan;
}

export interface SourceOptions {
  /**
   * Runs as the operator names them; none, or `latest` alone: the newest evidence of every host in
   * scope.
   */
  readonly words: readonly string[];
  /** Names of the inventory's hosts; absent: there is no inventory. */
  readonly scope: readonly string[] | undefined;
  readonly baseline?: string | undefined;
  /** How many audits before those reported on the trend shows. */
  readonly trend: number;
}

/**
 * Loads what the operator names. When no audit is named, it is the newest evidence of every host,
 * whatever run it is of; when no run is, the newest probes and every change since the first audit
 * of the trend are taken in as well. Throws OperatorError when a run is not there or was changed.
 */
export async function loadSources(
  store: StoredRuns,
  options: SourceOptions,
  note: Note,
): Promise<ReportSources> {
  const words = options.words.every((word) => word === 'latest') ? [] : options.words;
  const given = await resolveAll(store, words);
  const auditIds = given.filter((id) => kindOfRun(id) === 'audit');
  const {audits, partial, laterTries, onlyInterrupted} =
    auditIds.length === 0
      ? await newestAudits(store, options.scope)
      : await namedAudits(store, auditIds, note);
  if (onlyInterrupted !== undefined)
    note(
      `No audit was finished; the report has what the interrupted run ${onlyInterrupted} stored.`,
    );

  const baseline =
    options.baseline === undefined
      ? undefined
      : await loadAudit(store, await store.resolve(options.baseline, 'audit'), note);
  const basis = auditIds.length === 0 ? 'newest' : 'named';
  const history = await historyOf(store, {audits, basis, most: options.trend});
  const others = words.length > 0 ? given : await companions(store, audits, history);
  const probes =
    words.length > 0
      ? await namedProbes(store, given)
      : await newestProbes(store, [
          ...new Set([
            ...(options.scope ?? []),
            ...audits.flatMap(({hosts}) => hosts.map(({host}) => host)),
          ]),
        ]);
  return {
    audits,
    basis,
    laterTries,
    partial,
    ...(baseline === undefined ? {} : {baseline}),
    history,
    ...probes,
    applies: (await Promise.all(others.flatMap((id) => loadApply(store, id)))).filter(
      (one) => one !== undefined,
    ),
    chain: await store.verifyChain(),
  };
}

async function namedAudits(
  store: StoredRuns,
  ids: readonly string[],
  note: Note,
): Promise<NewestAudits> {
  const audits = await Promise.all(ids.map((id) => loadAudit(store, id, note)));
  return {audits, laterTries: new Map(), partial: new Set()};
}

async function resolveAll(store: StoredRuns, words: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(words.map((word) => store.resolve(word)));
  return [...new Set(ids)];
}

async function loadAudit(store: StoredRuns, id: string, note: Note): Promise<AuditRun> {
  const {document, finished} = await store.load(id, 'zbufctl.audit/1');
  if (!finished) note(`Run ${id} was not finished; the report has what was stored of it.`);
  if (document.hosts.length === 0)
    throw new OperatorError(`run ${id} covers no hosts`, 'Report another run.');
  return document;
}

type Probes = Pick<ReportSources, 'probes' | 'probeRuns'>;

async function namedProbes(store: StoredRuns, ids: readonly string[]): Promise<Probes> {
  const probeRuns = await Promise.all(
    ids
      .filter((id) => kindOfRun(id) === 'probe')
      .map(async (id) => (await store.load(id, 'zbufctl.probe/1')).document),
  );
  return {probeRuns, probes: probeRuns.flatMap(probesOf)};
}

/**
 * The newest usable probe of every host, failed tries beside it or instead; never a model's, which
 * measures nothing.
 */
async function newestProbes(store: StoredRuns, hosts: readonly string[]): Promise<Probes> {
  const {byHost, runs} = await storedProbes(store, hosts);
  const real = [...byHost.values()].filter(({host}) => !host.model);
  const used = new Set(
    real.flatMap(({run, laterTry}) => [run, ...(laterTry === undefined ? [] : [laterTry.run])]),
  );
  return {
    probes: real.map(probeOf),
    probeRuns: [...runs].filter(([run]) => used.has(run)).map(([, document]) => document),
  };
}

function loadApply(store: StoredRuns, id: string): Promise<StoredChange | undefined>[] {
  const kind = kindOfRun(id);
  return kind === 'apply' || kind === 'rollback' ? [loadChange(store, id, kind)] : [];
}

/**
 * A run that ended before anything of it was stored changed no host: the run is stored before the
 * first change.
 */
async function loadChange(
  store: StoredRuns,
  id: string,
  kind: StoredChange['kind'],
): Promise<StoredChange | undefined> {
  if (!(await store.hasDocument(id))) return undefined;
  const {document} = await store.load(id, 'zbufctl.apply/1');
  const plan = await planOf(store, id);
  return {run: document, kind, ...(plan === undefined ? {} : {plan})};
}

async function planOf(store: StoredRuns, id: string): Promise<Plan | undefined> {
  const text = await store.planText(id);
  try {
    const plan: unknown = JSON.parse(text ?? 'null');
    // Only what a report shows of it is read; a run that never finished is held by no hash chain.
    return typeof plan === 'object' && plan !== null && 'hosts' in plan && Array.isArray(plan.hosts)
      ? (plan as Plan)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Audits of whole fleets, from their summaries: a trend needs no host, and a part of a fleet is no
 * point of it. Of the newest evidence the newest whole audit is a point, too; of named runs only
 * what was before them.
 */
async function historyOf(
  store: StoredRuns,
  {
    audits,
    basis,
    most,
  }: {readonly audits: readonly AuditRun[]; readonly basis: Basis; readonly most: number},
): Promise<readonly TrendPoint[]> {
  const oldest = audits.map(({run}) => run).sort()[0] ?? '';
  const whole = new Set(wholeAudits(await auditIndex(store)).map(({run}) => run));
  const points = (await store.list()).flatMap((listed): TrendPoint[] => {
    if (listed.state !== 'finished' || !whole.has(listed.run)) return [];
    if (basis === 'named' && listed.run >= oldest) return [];
    const {run, startedAt, totals} = listed.summary;
    return [{run, at: startedAt, totals: posturesOf(totals)}];
  });
  return points.slice(0, basis === 'named' ? most : most + 1).reverse();
}

const posturesOf = (totals: Readonly<Record<string, number>>): TrendPoint['totals'] =>
  Object.fromEntries(
    POSTURES.flatMap((posture): [Posture, number][] => {
      const count = totals[posture] ?? 0;
      return count > 0 ? [[posture, count]] : [];
    }),
  );

/**
 * Changes since the first audit of the trend, those that never finished too: a host may be as they
 * left it.
 */
async function companions(
  store: StoredRuns,
  audits: readonly AuditRun[],
  history: readonly TrendPoint[],
): Promise<readonly string[]> {
  const since = history[0]?.run ?? audits[0]?.run ?? '';
  return (await store.list())
    .filter(({state}) => state === 'finished' || state === 'unfinished')
    .map(({run}) => run)
    .filter((run) => ['apply', 'rollback'].includes(kindOfRun(run) ?? '') && run >= since)
    .reverse();
}
