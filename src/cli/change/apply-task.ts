import type {PlanStore} from '../../io/store/plan-store.js';
import type {RunStore} from '../../io/store/run-store.js';
import type {AppliedHost, ApplyRun, PlanSigner} from '../../model/apply-run.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan, PlannedHost} from '../../model/plan.js';

import {loadPlan, planOfRun} from './change-session.js';
import {signerOf} from './plan-signature.js';

/** What is to be done: a plan, on some of its hosts, for the first time or going on with a run. */
export interface ApplyTask {
  readonly plan: Plan;
  readonly planned: readonly PlannedHost[];
  /** Who signed the plan; absent: nobody looked. */
  readonly signedBy?: PlanSigner;
  readonly continues?: {readonly run: string; readonly lost: ReadonlyMap<string, LostHost>};
}

/** A host of an earlier run, with the run under whose name the host keeps the journal. */
type LostHost = AppliedHost & {readonly journal: string};

/** Not started, or nobody knows the end. */
const openHosts = ({hosts}: ApplyRun): readonly AppliedHost[] =>
  hosts.filter(({result}) => result === 'lost' || result === 'not-started');

export interface TaskWords {
  readonly plan: string | undefined;
  readonly resume: string | undefined;
  readonly allowedSigners: string | undefined;
}

/** Finds the plan, unused, or what an earlier run left of its own. Throws OperatorError when there is nothing to do it with. */
export async function applyTask(
  {plan: word, resume, allowedSigners}: TaskWords,
  plans: PlanStore,
  store: RunStore,
): Promise<ApplyTask> {
  if (resume !== undefined) {
    if (word === undefined) return restOf(await store.resolve(resume, 'apply'), store);
    throw new OperatorError('a plan and --resume', 'A run is resumed with its own plan: leave the plan out.');
  }
  if (word === undefined)
    throw new OperatorError('no plan', 'Name one: an id, a file or latest. zbufctl plan makes one.');
  const {plan, stored} = await loadPlan(word, plans);
  const usedBy = await plans.usedBy(plan.id);
  if (usedBy !== undefined) throw await alreadyUsed(plan.id, usedBy, store);
  const signed = allowedSigners === undefined ? {} : {signedBy: await signerOf(stored, allowedSigners)};
  return {plan, planned: plan.hosts, ...signed};
}

/** Hosts that were not started, and hosts nobody knows the end of. */
async function restOf(run: string, store: RunStore): Promise<ApplyTask> {
  const {document} = await store.load(run, 'zbufctl.apply/1');
  const plan = await planOfRun(store, run);
  const open = openHosts(document);
  if (open.length === 0) throw new OperatorError(`run ${run} has nothing left to do`, 'Plan again.');
  const lost = open.flatMap((entry) =>
    entry.result === 'lost' ? [[entry.host, {...entry, journal: entry.journal ?? run}] as const] : [],
  );
  return {
    plan,
    // It was looked at when the run began, and the plan is the run's own copy since.
    ...(document.signedBy === undefined ? {} : {signedBy: document.signedBy}),
    planned: plan.hosts.filter(({host}) => open.some((entry) => entry.host === host)),
    continues: {run, lost: new Map(lost)},
  };
}

/** Says what that run left, if it left anything. */
export async function alreadyUsed(plan: string, run: string, store: RunStore): Promise<OperatorError> {
  const finished = await isFinished(run, store);
  return new OperatorError(
    `${plan} was used by run ${run}; a plan is used once`,
    finished
      ? 'That run finished every host of it. See what is left to do now: zbufctl plan.'
      : `Go on with what that run left: zbufctl apply --resume ${run}. Or plan again.`,
    5,
  );
}

/** A run that cannot be read may have left something. */
async function isFinished(run: string, store: RunStore): Promise<boolean> {
  try {
    return openHosts((await store.load(run, 'zbufctl.apply/1')).document).length === 0;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}
