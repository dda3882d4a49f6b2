import type {Failure} from '../model/failure.js';
import type {Policy} from '../model/policy.js';
import type {Plan, PlannedHost, PlannedPolicy, PlannedState} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {groupBy} from '../text/group-by.js';
import {sha256} from '../text/hash-chain.js';

import {clearedByHand} from './by-hand.js';
import type {PlanHostInput} from './plan-input.js';
import {planHost} from './plan-host.js';
import {planIdOf} from './plan-id.js';

export {planHost};
export type {PlanHostInput};

/** A host to plan for: what it said, or why it said nothing. */
export type HostToPlan =
  | ({readonly state: 'evidence'} & Omit<PlanHostInput, 'now' | 'cleanDuplicates'>)
  | {
      readonly state: 'failure';
      readonly host: string;
      readonly address: string;
      readonly policy: Policy;
      /**
       * What the audit made of it: `unknown` when it was reached, and said nothing that can be
       * read.
       */
      readonly posture: 'unknown' | 'unreachable';
      readonly failure: Pick<Failure, 'message' | 'fix'>;
    };

export interface PlanInput {
  readonly hosts: readonly HostToPlan[];
  /** The audit run the evidence is of. */
  readonly madeFrom: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly version: string;
  readonly cleanDuplicates?: boolean;
}

/** Evidence and policies to a plan. The same input gives the same plan, its id included. */
export function makePlan(input: PlanInput): Plan {
  const {hosts, madeFrom, madeAt, version, cleanDuplicates = false} = input;
  const planned = hosts.map((host) =>
    host.state === 'evidence' ? planHost({...host, now: madeAt, cleanDuplicates}) : unreached(host),
  );
  const totals: Partial<Record<PlannedState, number>> = {};
  for (const {state} of planned) totals[state] = (totals[state] ?? 0) + 1;
  const plan: Omit<Plan, 'id'> = {
    schema: 'zbufctl.plan/1',
    madeFrom,
    madeAt,
    tool: {name: 'zbufctl', version},
    policyHash: policyHashOf(hosts),
    policies: policiesOf(hosts),
    cleanDuplicates,
    hosts: planned,
    totals,
  };
  return {...plan, id: planIdOf(plan)};
}

/** Each policy once, with the hosts it is for. */
function policiesOf(hosts: readonly HostToPlan[]): readonly PlannedPolicy[] {
  const groups = groupBy(hosts, ({policy}) => canonicalJson(policy));
  return [...groups.values()].flatMap((list): PlannedPolicy[] =>
    list[0] === undefined ? [] : [{policy: {...list[0].policy}, hosts: list.map(({host}) => host)}],
  );
}

/** SHA-256 (hex) over the policies the hosts are planned by. */
export const policyHashOf = (
  hosts: readonly {readonly host: string; readonly policy: Policy}[],
): string =>
  sha256(canonicalJson(Object.fromEntries(hosts.map(({host, policy}) => [host, policy]))));

function unreached({
  host,
  address,
  posture,
  failure,
}: HostToPlan & {readonly state: 'failure'}): PlannedHost {
  const reasons = [{kind: 'gap', text: failure.message, remedy: failure.fix}] as const;
  return {
    host,
    address,
    state: posture,
    posture,
    standing: [],
    fingerprint: {},
    gate: {allowed: false, reasons},
    byHand: clearedByHand(reasons),
    steps: [],
  };
}
