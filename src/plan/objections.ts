import type {Host} from '../model/host.js';
import type {Policy} from '../model/policy.js';
import type {Objection, ObjectionWord} from '../model/objection.js';
import type {GateReason, Plan, PlannedHost, PlannedPolicy} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';

import type {Difference} from './fingerprint.js';
import {differences, fingerprintOf} from './fingerprint.js';
import {windowAt} from './in-window.js';
import {planAgain, planForItsValue} from './plan-again.js';
import type {PlanHostInput} from './plan-input.js';
import {policyDifferences} from './policy-differences.js';
import {stepDifferences, unsettledServices} from './step-differences.js';

/** Differences named in one reason; a host that was rebuilt differs in everything. */
const NAMED = 4;

/** What the whole plan says of how a host was planned. */
export interface MadeBy {
  /** Undefined: the plan has none for the host. */
  readonly policy: PlannedPolicy['policy'] | undefined;
  readonly version: string;
  /** Of the zbufctl that carries it out. */
  readonly versionNow: string;
  readonly cleanDuplicates: boolean;
}

export const madeBy = (plan: Plan, host: string, versionNow: string): MadeBy => ({
  policy: plan.policies.find(({hosts}) => hosts.includes(host))?.policy,
  version: plan.tool.version,
  versionNow,
  cleanDuplicates: plan.cleanDuplicates,
});

/**
 * Why a plan must not be carried out on what the host is now: it is not the host, or not in the
 * state, the plan was made for; the gate says no today; the maintenance window is closed; or the
 * plan made again from this evidence has other steps. Every reason; none: go on.
 * @param host with its policy of today: the plan is made again only where its own policy is the
 *   same
 * @param input the fresh evidence and what is known with it, as a new plan would be made from it
 */
export function objectionsTo(
  planned: PlannedHost,
  host: Pick<Host, 'address' | 'policy'>,
  input: PlanHostInput,
  made: MadeBy,
): readonly Objection[] {
  const now = {...input, cleanDuplicates: made.cleanDuplicates};
  const again = planAgain(planned, now);
  const differs = [
    ...policyChanges(made, host.policy),
    ...differences(planned.fingerprint, fingerprintOf(input)),
  ];
  const found = [
    ...moved(planned, host),
    ...stale(differs),
    ...(again.gate.allowed
      ? []
      : again.gate.reasons.filter(isAgainst).map(({text}) => objection('gate', text))),
  ];
  // Whatever was found explains other steps, and says more than they do.
  return [
    ...(found.length === 0 ? otherSteps(planned, again, now, made) : found),
    ...closed(input),
  ];
}

const objection = (word: ObjectionWord, text: string): Objection => ({word, text});

const isAgainst = ({kind}: GateReason): boolean => kind === 'refusal' || kind === 'gap';

const moved = (planned: PlannedHost, {address}: Pick<Host, 'address'>): readonly Objection[] =>
  address === planned.address
    ? []
    : [
        objection(
          'stale',
          `stale: the plan is for ${planned.address}, the inventory has ${address} now`,
        ),
      ];

const policyChanges = ({policy}: MadeBy, today: Policy): readonly Difference[] =>
  policy === undefined
    ? [{what: 'its policy', planned: 'not in the plan', now: 'needed'}]
    : policyDifferences(policy, today);

function stale(found: readonly Difference[]): readonly Objection[] {
  const text = named(found);
  return text === undefined ? [] : [objection('stale', `stale, plan again: ${text}`)];
}

/**
 * How the host differs from what the plan was made for, for people; undefined: in nothing the plan
 * rests on.
 */
export const apartFrom = (
  planned: Pick<PlannedHost, 'fingerprint'>,
  input: Pick<PlanHostInput, 'evidence' | 'services' | 'policy'>,
): string | undefined => named(differences(planned.fingerprint, fingerprintOf(input)));

function named(found: readonly Difference[]): string | undefined {
  if (found.length === 0) return undefined;
  return some(
    found.map(({what, planned: was, now}) => `${what} was ${short(was)}, is ${short(now)}`),
  );
}

/**
 * The steps are not those the planner makes. Forged, when nothing explains it: the same zbufctl,
 * the same policy and the same facts give the same plan.
 */
function otherSteps(
  planned: PlannedHost,
  again: PlannedHost,
  input: PlanHostInput,
  {version, versionNow}: MadeBy,
): readonly Objection[] {
  const unsettled = unsettledServices(planned, input);
  const found = stepDifferences(planned, again, unsettled);
  if (found.length === 0) return [];
  if (version !== versionNow) {
    const text = `stale, plan again: zbufctl ${version} made it, and ${versionNow} plans otherwise: ${some(found)}`;
    return [objection('stale', text)];
  }
  const sameFacts = canonicalJson(planned.fingerprint) === canonicalJson(fingerprintOf(input));
  const drifted = stepDifferences(planned, planForItsValue(planned, input), unsettled).length === 0;
  if (!sameFacts || drifted) return [objection('stale', `stale, plan again: ${some(found)}`)];
  const text = `forged: from these facts and this policy zbufctl does not make this plan: ${some(found)}`;
  return [objection('forged', text)];
}

function some(texts: readonly string[]): string {
  const more = texts.length > NAMED ? `; and ${texts.length - NAMED} more` : '';
  return `${texts.slice(0, NAMED).join('; ')}${more}`;
}

function closed({changes, now}: PlanHostInput): readonly Objection[] {
  const state = windowAt(changes.window, new Date(now));
  if (state.open) return [];
  const ranges = changes.window.map(({text}) => text).join(', ');
  const opens = state.opens.toISOString().slice(0, 16);
  return [objection('window', `outside the maintenance window (${ranges}); it opens at ${opens}Z`)];
}

/** Twelve digits tell two hashes apart, and leave room for what differs. */
const short = (text: string): string => text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1...');
