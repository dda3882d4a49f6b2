import type {Plan} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {sha256} from '../text/hash-chain.js';
import {PLAN_ID_DIGITS} from '../text/plan-id.js';

/**
 * When it was made, and the first 128 bits of the SHA-256 of all the rest: a plan that was changed
 * has another id.
 */
export function planIdOf({madeAt, ...rest}: Omit<Plan, 'id'>): string {
  const stamp = madeAt.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '');
  return `plan-${stamp}-${sha256(canonicalJson({...rest, madeAt})).slice(0, PLAN_ID_DIGITS)}`;
}
