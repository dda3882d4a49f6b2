import type {Plan} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {sha256} from '../text/hash-chain.js';

const PLAN_ID = /^plan-\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** When it was made, and the first 16 bits of the SHA-256 of all the rest: a plan that was changed has another id. */
export function planIdOf({madeAt, ...rest}: Omit<Plan, 'id'>): string {
  const stamp = madeAt.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '');
  return `plan-${stamp}-${sha256(canonicalJson({...rest, madeAt})).slice(0, 4)}`;
}

/** True for a complete id and nothing else: whatever passes names one file below `plans/`. */
export const isPlanId = (text: string): boolean => PLAN_ID.test(text);
