import type {PlannedHost} from '../model/plan.js';
import {runningValue} from '../rules/reading/boot-value.js';

import type {PlanHostInput} from './plan-input.js';
import {planHost} from './plan-host.js';

/**
 * The plan made again. Where it sets 1 under `auto`, 1 is judged as if the policy said so: a new
 * plan would step back to 0 where 1 is not proven any more (the probe got too old), and say nothing
 * of why.
 * @param input the fresh evidence and what is known with it
 */
export function planAgain(planned: Pick<PlannedHost, 'steps'>, input: PlanHostInput): PlannedHost {
  const target = targetOf(planned);
  const pinned = input.policy.zerocopy === 'auto' && target !== undefined && target !== 0;
  return planHost(pinned ? {...input, policy: {...input.policy, zerocopy: 'on'}} : input);
}

/**
 * The same for the value the plan leaves the host with, whatever `auto` comes to now: where the
 * plan equals this one, only the proof is another.
 */
export function planForItsValue(
  planned: Pick<PlannedHost, 'steps'>,
  input: PlanHostInput,
): PlannedHost {
  if (input.policy.zerocopy !== 'auto') return planHost(input);
  const running = runningValue(input.evidence);
  const value = targetOf(planned) ?? (running.state === 'read' ? running.value : 0);
  return planHost({...input, policy: {...input.policy, zerocopy: value === 0 ? 'off' : 'on'}});
}

/** The value a plan sets, now or at boot; undefined: it sets none. */
export function targetOf({steps}: Pick<PlannedHost, 'steps'>): number | undefined {
  const values = steps.flatMap((step): number[] => {
    if (step.kind === 'set-running') return [step.to];
    return step.kind === 'write-boot' && step.bootFrom !== step.bootTo ? [step.bootTo] : [];
  });
  return values.find((value) => value !== 0) ?? values[0];
}
