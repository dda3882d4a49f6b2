import type {Plan} from '../model/plan.js';

import {policyHashOf} from './make-plan.js';
import {planIdOf} from './plan-id.js';

/**
 * A plan for each host of a plan: what that says of the host, with an id of its own. Each is used
 * once, whatever becomes of the others.
 */
export function splitPlan(plan: Plan): readonly Plan[] {
  const {id: _, ...whole} = plan;
  const policyOf = new Map(
    plan.policies.flatMap(({policy, hosts}) => hosts.map((host) => [host, policy] as const)),
  );
  return plan.hosts.map((host) => {
    const policy = policyOf.get(host.host) ?? {};
    const one: Omit<Plan, 'id'> = {
      ...whole,
      policies: [{policy, hosts: [host.host]}],
      policyHash: policyHashOf([{host: host.host, policy}]),
      hosts: [host],
      totals: {[host.state]: 1},
    };
    return {...one, id: planIdOf(one)};
  });
}
