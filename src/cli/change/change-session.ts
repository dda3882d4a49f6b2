import {hostname} from 'node:os';
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';

import type {FleetDeps} from '../../app/apply-plan.js';
import {inputFor} from '../../app/audit.js';
import {latestOnly} from '../../io/files/latest-only.js';
import type {PlanStore, StoredPlan} from '../../io/store/plan-store.js';
import type {RunStore} from '../../io/store/run-store.js';
import type {RunWriter} from '../../io/store/run-writer.js';
import {loadSchema} from '../../io/package/schemas.js';
import {loadChangeTemplate, loadTemplate} from '../../io/package/templates.js';
import {readVersion} from '../../io/package/version.js';
import type {ApplyRun} from '../../model/apply-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import type {Transport} from '../../model/transport.js';
import {planHost} from '../../plan/make-plan.js';
import {apartFrom, madeBy, objectionsTo} from '../../plan/objections.js';
import {readPlan} from '../../plan/plan-document.js';
import {ownerName} from '../../steps/change-script.js';
import {isRunId} from '../../text/run-id.js';

import {collectorScript} from '../evidence/collector-script.js';
import type {Board} from './apply-board.js';
import type {Troubles} from './fleet-troubles.js';
import {openLookups} from '../evidence/lookups.js';
import {readChangePolicies} from '../hosts/read-change-policies.js';

/** Who changes hosts from here, as their locks and journals name it. */
export const operatorOf = (user: string): string => ownerName(user, hostname());

/** A plan by a path, an id, the start of one, or `latest`. Throws OperatorError with what is wrong with it. */
export async function loadPlan(
  word: string,
  plans: PlanStore,
): Promise<{readonly plan: Plan; readonly stored: StoredPlan}> {
  const stored = await plans.resolve(word);
  return {plan: checkedPlan(stored.bytes, stored.name), stored};
}

/** The plan a stored run carries out. Throws OperatorError when it has none, or not the one that was stored. */
export async function planOfRun(store: RunStore, run: string): Promise<Plan> {
  const text = await store.planText(run);
  if (text === undefined)
    throw new OperatorError(`run ${run} ended before its plan was stored`, 'It changed nothing. Plan again.');
  return checkedPlan(Buffer.from(text), `the plan of run ${run}`);
}

function checkedPlan(bytes: Uint8Array, name: string): Plan {
  const plan = readPlan(bytes, name, loadSchema('plan/plan'));
  if (!plan.ok) throw new OperatorError(plan.error.message, plan.error.fix);
  return plan.value;
}

export interface ChangeSession {
  readonly plan: Plan;
  readonly hosts: readonly Host[];
  readonly store: RunStore;
  /** Absent: nothing is stored (a dry run). */
  readonly writer?: RunWriter;
  readonly transport: Transport;
  readonly board: Board;
  readonly signal: AbortSignal;
  readonly troubles: Troubles;
  /** Milliseconds a host may take to say how it is. */
  readonly timeoutMs: number;
  /** What messages name files relative to. */
  readonly folder: string;
}

/** What changing a fleet needs from the world, plugged together. */
export async function changeDeps(session: ChangeSession): Promise<FleetDeps> {
  const {hosts, store, writer, board, troubles} = session;
  const lookups = await openLookups(hosts, store, session.folder);
  readChangePolicies(hosts, lookups.servicesFor, session.folder);
  const now = (): string => new Date().toISOString();
  const judging = {...lookups, now};
  const known = new Set((await store.list()).map(({run}) => run));
  const kept = new Set<string>();
  const save = writer === undefined ? undefined : latestOnly((run: ApplyRun) => writer.saveDraft(run));
  return {
    transport: session.transport,
    collector: collectorScript(hosts, lookups.servicesFor, session.timeoutMs),
    changeTemplate: loadChangeTemplate(),
    packetTemplate: loadTemplate('test-packet.sh'),
    servicesFor: lookups.servicesFor,
    objections: (host, planned, evidence) =>
      objectionsTo(
        planned,
        host,
        inputFor(host, evidence, judging),
        madeBy(session.plan, host.name, readVersion()),
      ),
    apart: (host, planned, evidence) => apartFrom(planned, inputFor(host, evidence, judging)),
    judge: (host, evidence) => planHost(inputFor(host, evidence, judging)),
    isOurs: (run) => isRunId(run) && known.has(run),
    keep: async (evidence: Evidence) => {
      if (writer === undefined || kept.has(evidence.host)) return;
      kept.add(evidence.host);
      await writer.keepEvidence(evidence);
    },
    save: async (run) => {
      await save?.(run);
      troubles.stored(run);
    },
    now,
    elapsed: () => performance.now(),
    pause: (milliseconds) => sleep(milliseconds),
    onEvent: (event) => {
      board.event(event);
    },
    onWave: (wave) => {
      board.wave(wave);
    },
    onTrouble: troubles.add,
    signal: session.signal,
    broken: troubles.signal,
  };
}
