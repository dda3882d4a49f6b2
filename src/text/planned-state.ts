import type {PlannedHost} from '../model/plan.js';

/** Begins the reason of a host that gave no evidence. */
export const UNREACHABLE = 'unreachable: ';
/** Begins the reasons that say nothing against a host but that it could not be seen whole. */
export const UNKNOWN = 'unknown: ';

/** Begins a reason that keeps nothing from being done, and asks a person to do the rest. */
export const BY_HAND = 'by hand: ';

/** What a plan comes to for one host. `unknown`: it was not reached, or not seen whole, and nothing else is against it. */
export type PlannedState = 'changes' | 'nothing' | 'refused' | 'unknown';

export function plannedState({gate, steps}: Pick<PlannedHost, 'gate' | 'steps'>): PlannedState {
  if (gate.allowed) return steps.length > 0 ? 'changes' : 'nothing';
  const unseen = (reason: string): boolean => reason.startsWith(UNREACHABLE) || reason.startsWith(UNKNOWN);
  return gate.reasons.length > 0 && gate.reasons.every(unseen) ? 'unknown' : 'refused';
}
