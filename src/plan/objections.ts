import type {Host} from '../model/host.js';
import type {GateReason, PlannedHost} from '../model/plan.js';

import {differences, fingerprintOf} from './fingerprint.js';
import {gateToday} from './gate-today.js';
import {windowAt} from './in-window.js';
import type {PlanHostInput} from './plan-host.js';

/** Differences named in one reason; a host that was rebuilt differs in everything. */
const NAMED = 4;

/**
 * Why a plan must not be carried out on what the host is now: it is not the host, or not in the state, the plan was made
 * for; the gate says no today; the maintenance window is closed. Every reason; none: go on.
 * @param input the fresh evidence and what is known with it, as a new plan would be made from it
 */
export function objectionsTo(
  planned: PlannedHost,
  host: Pick<Host, 'address'>,
  input: PlanHostInput,
): readonly string[] {
  const gate = gateToday(planned, input);
  return [
    ...moved(planned, host),
    ...stale(planned, input),
    ...(gate.allowed ? [] : gate.reasons.filter(isAgainst).map(({text}) => text)),
    ...closed(input),
  ];
}

const isAgainst = ({kind}: GateReason): boolean => kind === 'refusal' || kind === 'gap';

const moved = (planned: PlannedHost, {address}: Pick<Host, 'address'>): readonly string[] =>
  address === planned.address
    ? []
    : [`stale: the plan is for ${planned.address}, the inventory has ${address} now`];

function stale(planned: PlannedHost, input: PlanHostInput): readonly string[] {
  const text = apartFrom(planned, input);
  return text === undefined ? [] : [`stale, plan again: ${text}`];
}

/** How the host differs from what the plan was made for, for people; undefined: in nothing the plan rests on. */
export function apartFrom(
  planned: Pick<PlannedHost, 'fingerprint'>,
  input: Pick<PlanHostInput, 'evidence' | 'services' | 'policy'>,
): string | undefined {
  const found = differences(planned.fingerprint, fingerprintOf(input));
  if (found.length === 0) return undefined;
  const named = found
    .slice(0, NAMED)
    .map(({what, planned: was, now}) => `${what} was ${short(was)}, is ${short(now)}`);
  const more = found.length > NAMED ? `; and ${found.length - NAMED} more` : '';
  return `${named.join('; ')}${more}`;
}

function closed({changes, now}: PlanHostInput): readonly string[] {
  const state = windowAt(changes.window, new Date(now));
  if (state.open) return [];
  const ranges = changes.window.map(({text}) => text).join(', ');
  return [
    `outside the maintenance window (${ranges}); it opens at ${state.opens.toISOString().slice(0, 16)}Z`,
  ];
}

/** Twelve digits tell two hashes apart, and leave room for what differs. */
const short = (text: string): string => text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1...');
