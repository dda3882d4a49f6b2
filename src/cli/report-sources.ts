import type {RunStore} from '../io/run-store.js';
import type {ChainCheck} from '../io/verify-runs.js';
import type {ApplyRun} from '../model/apply-run.js';
import type {AuditRun} from '../model/audit-run.js';
import type {Posture} from '../model/finding.js';
import {POSTURES} from '../model/finding.js';
import {OperatorError} from '../model/operator-error.js';
import type {ProbeRun} from '../model/probe.js';
import type {TrendPoint} from '../model/report.js';
import {kindOfRun} from '../text/run-id.js';

import type {Terminal} from './terminal.js';

/** The stored runs a report is made of. */
export interface ReportSources {
  readonly audits: readonly AuditRun[];
  readonly probes: readonly ProbeRun[];
  readonly applies: readonly {readonly run: ApplyRun; readonly kind: 'apply' | 'rollback'}[];
  readonly baseline?: AuditRun;
  readonly history: readonly TrendPoint[];
  readonly chain: ChainCheck;
}

export interface SourceOptions {
  /** Runs as the operator names them; none: the latest audit, and what goes with it. */
  readonly words: readonly string[];
  readonly baseline?: string | undefined;
  /** How many audits before those reported on the trend shows. */
  readonly trend: number;
}

/**
 * Loads what the operator names. When no run is named, the newest probe runs and every change since the first audit of
 * the trend are taken in as well. Throws OperatorError when a run is not there or was changed.
 */
export async function loadSources(
  store: RunStore,
  options: SourceOptions,
  terminal: Terminal,
): Promise<ReportSources> {
  const given = await resolveAll(store, options.words);
  const auditIds = given.filter((id) => kindOfRun(id) === 'audit');
  if (auditIds.length === 0) auditIds.push(await store.resolve('latest', 'audit'));

  const audits = await Promise.all(auditIds.map((id) => loadAudit(store, id, terminal)));
  const baseline =
    options.baseline === undefined
      ? undefined
      : await loadAudit(store, await store.resolve(options.baseline, 'audit'), terminal);
  const history = await historyBefore(store, auditIds, options.trend);
  const others = options.words.length > 0 ? given : await companions(store, audits, history);
  return {
    audits,
    ...(baseline === undefined ? {} : {baseline}),
    history,
    probes: await Promise.all(
      others.filter((id) => kindOfRun(id) === 'probe').map((id) => loadProbe(store, id)),
    ),
    applies: await Promise.all(others.flatMap((id) => loadApply(store, id))),
    chain: await store.verifyChain(),
  };
}

async function resolveAll(store: RunStore, words: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(words.map((word) => store.resolve(word)));
  return [...new Set(ids)];
}

async function loadAudit(store: RunStore, id: string, terminal: Terminal): Promise<AuditRun> {
  const {document, finished} = await store.load(id, 'zbufctl.audit/1');
  if (!finished) terminal.note(`Run ${id} was not finished; the report has what was stored of it.`);
  if (document.hosts.length === 0)
    throw new OperatorError(`run ${id} is over no host`, 'Report another run.');
  return document;
}

const loadProbe = async (store: RunStore, id: string): Promise<ProbeRun> =>
  (await store.load(id, 'zbufctl.probe/1')).document;

function loadApply(store: RunStore, id: string): Promise<ReportSources['applies'][number]>[] {
  const kind = kindOfRun(id);
  if (kind !== 'apply' && kind !== 'rollback') return [];
  return [store.load(id, 'zbufctl.apply/1').then(({document}) => ({run: document, kind}))];
}

/** From the summaries: a trend needs no host. */
async function historyBefore(
  store: RunStore,
  auditIds: readonly string[],
  most: number,
): Promise<readonly TrendPoint[]> {
  const oldest = [...auditIds].sort()[0] ?? '';
  const points = (await store.list()).flatMap((listed): TrendPoint[] => {
    if (listed.state !== 'finished' || kindOfRun(listed.run) !== 'audit' || listed.run >= oldest) return [];
    const {run, startedAt, totals} = listed.summary;
    return [{run, at: startedAt, totals: posturesOf(totals)}];
  });
  return points.slice(0, most).reverse();
}

const posturesOf = (totals: Readonly<Record<string, number>>): TrendPoint['totals'] =>
  Object.fromEntries(
    POSTURES.flatMap((posture): [Posture, number][] => {
      const count = totals[posture] ?? 0;
      return count > 0 ? [[posture, count]] : [];
    }),
  );

/** The newest probe run, and changes since the first audit of the trend. */
async function companions(
  store: RunStore,
  audits: readonly AuditRun[],
  history: readonly TrendPoint[],
): Promise<readonly string[]> {
  const since = history[0]?.run ?? audits[0]?.run ?? '';
  const finished = (await store.list()).filter((listed) => listed.state === 'finished').map(({run}) => run);
  const probe = finished.find((run) => kindOfRun(run) === 'probe');
  const changes = finished.filter(
    (run) => ['apply', 'rollback'].includes(kindOfRun(run) ?? '') && run >= since,
  );
  return [...(probe === undefined ? [] : [probe]), ...changes.reverse()];
}
