import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import {readPlan, shortIdIn} from '../../plan/plan-document.js';
import type {StoredRuns} from '../ports.js';

/** A plan's bytes and what messages call it. */
export interface PlanBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** Checks a plan by its schema and its id. Throws OperatorError with what is wrong with it. */
export function checkedPlan({bytes, name}: PlanBytes, schema: object): Plan {
  const plan = readPlan(bytes, name, schema);
  if (!plan.ok) throw new OperatorError(plan.error.message, plan.error.fix);
  return plan.value;
}

/**
 * The plan a stored run carries out. Throws OperatorError when it has none, or not the one that was
 * stored.
 */
export async function planOfRun(
  store: Pick<StoredRuns, 'planText'>,
  run: string,
  schema: object,
): Promise<Plan> {
  const text = await store.planText(run);
  if (text === undefined)
    throw new OperatorError(
      `run ${run} ended before its plan was stored`,
      'It changed nothing. Plan again.',
    );
  const older = shortIdIn(text);
  if (older !== undefined)
    throw new OperatorError(
      `run ${run} carried out ${older}, of an older zbufctl: an id of 16 bits does not vouch for what is in a plan, so the run is neither resumed nor rolled back`,
      `For what is left to do, plan again. To undo it, use the zbufctl that made it, or set back by hand what it changed: zbufctl runs show ${run} says from what to what.`,
      5,
    );
  return checkedPlan({bytes: Buffer.from(text), name: `the plan of run ${run}`}, schema);
}
