import type {PlannedHost} from '../model/plan.js';

import type {Gate} from './gate.js';
import type {PlanHostInput} from './plan-host.js';
import {planHost} from './plan-host.js';

/**
 * What the gate says today of the value a plan sets. Not the same as planning anew: under `auto` a new plan would step back
 * to 0 where 1 is not proven any more (the probe got too old), and 0 is allowed.
 * @param input the fresh evidence and what is known with it
 */
export function gateToday(planned: Pick<PlannedHost, 'steps'>, input: PlanHostInput): Gate {
  const target = targetOf(planned);
  if (target === undefined) return planHost(input).gate;
  const zerocopy = target === 0 ? 'off' : 'on';
  return planHost({...input, policy: {...input.policy, zerocopy}}).gate;
}

/** The value a plan sets, now or at boot; undefined: it sets none. */
export function targetOf({steps}: Pick<PlannedHost, 'steps'>): number | undefined {
  const values = steps.flatMap((step): number[] => {
    if (step.kind === 'set-running') return [step.to];
    return step.kind === 'write-boot' && step.bootFrom !== step.bootTo ? [step.bootTo] : [];
  });
  return values.find((value) => value !== 0) ?? values[0];
}
