import type {AppliedHost, ApplyRun, PlanSigner} from '../../model/apply-run.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan, PlannedHost} from '../../model/plan.js';

import type {StoredRuns} from '../ports.js';

import type {PlanBytes} from './stored-plans.js';
import {checkedPlan, planOfRun} from './stored-plans.js';

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
}

/** What finding a task takes of the world. */
export interface TaskDeps<P extends PlanBytes> {
  readonly store: Pick<StoredRuns, 'resolve' | 'load' | 'planText'>;
  readonly plans: {
    resolve(word: string): Promise<P>;
    /** The run that used a plan; undefined: none did. */
    usedBy(id: string): Promise<string | undefined>;
  };
  readonly planSchema: object;
  /**
   * Present with --allowed-signers: who signed the plan; throws OperatorError when nobody who may.
   */
  readonly signerOf?: (plan: P) => Promise<PlanSigner>;
}

/**
 * Finds the plan, unused, or what an earlier run left of its own. Throws OperatorError when there
 * is nothing to do it with.
 */
export async function applyTask<P extends PlanBytes>(
  {plan: word, resume}: TaskWords,
  deps: TaskDeps<P>,
): Promise<ApplyTask> {
  if (resume !== undefined) {
    if (word === undefined) return restOf(await deps.store.resolve(resume, 'apply'), deps);
    throw new OperatorError(
      'a plan and --resume were given',
      'A run is resumed with its own plan: leave the plan out.',
    );
  }
  if (word === undefined)
    throw new OperatorError(
      'no plan was named',
      'Name one: an id, a file or latest. zbufctl plan makes one.',
    );
  const stored = await deps.plans.resolve(word);
  const plan = checkedPlan(stored, deps.planSchema);
  const usedBy = await deps.plans.usedBy(plan.id);
  if (usedBy !== undefined) throw await alreadyUsed(plan.id, usedBy, deps.store);
  const signed = deps.signerOf === undefined ? {} : {signedBy: await deps.signerOf(stored)};
  return {plan, planned: plan.hosts, ...signed};
}

/** Hosts that were not started, and hosts nobody knows the end of. */
async function restOf(
  run: string,
  {store, planSchema}: Pick<TaskDeps<PlanBytes>, 'store' | 'planSchema'>,
): Promise<ApplyTask> {
  const {document} = await store.load(run, 'zbufctl.apply/1');
  const plan = await planOfRun(store, run, planSchema);
  const open = openHosts(document);
  if (open.length === 0)
    throw new OperatorError(`run ${run} has nothing left to do`, 'Plan again.');
  const lost = open.flatMap((entry) =>
    entry.result === 'lost'
      ? [[entry.host, {...entry, journal: entry.journal ?? run}] as const]
      : [],
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
export async function alreadyUsed(
  plan: string,
  run: string,
  store: Pick<StoredRuns, 'load'>,
): Promise<OperatorError> {
  const finished = await isFinished(run, store);
  return new OperatorError(
    `${plan} was used by run ${run}; a plan is used once`,
    finished
      ? 'That run finished every host of it. See what is left to do now: zbufctl plan.'
      : `To continue that run: zbufctl apply --resume ${run}. Or plan again.`,
    5,
  );
}

/** A run that cannot be read may have left something. */
async function isFinished(run: string, store: Pick<StoredRuns, 'load'>): Promise<boolean> {
  try {
    return openHosts((await store.load(run, 'zbufctl.apply/1')).document).length === 0;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}
