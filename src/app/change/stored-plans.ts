import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import {readPlan} from '../../plan/plan-document.js';
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

/** The plan a stored run carries out. Throws OperatorError when it has none, or not the one that was stored. */
export async function planOfRun(
  store: Pick<StoredRuns, 'planText'>,
  run: string,
  schema: object,
): Promise<Plan> {
  const text = await store.planText(run);
  if (text === undefined)
    throw new OperatorError(`run ${run} ended before its plan was stored`, 'It changed nothing. Plan again.');
  return checkedPlan({bytes: Buffer.from(text), name: `the plan of run ${run}`}, schema);
}
