import type {Plan} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {sha256} from '../text/hash-chain.js';

/** Hexadecimal digits of the hash: 128 bits, so that no second plan of the same id can be found. */
const DIGITS = 32;
const PLAN_ID = new RegExp(`^plan-\\d{8}T\\d{6}Z-[0-9a-f]{${DIGITS}}$`);
/** As versions before signed plans made them: 16 bits, which a few seconds of trying match. */
const SHORT_ID = /^plan-\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** When it was made, and the first 128 bits of the SHA-256 of all the rest: a plan that was changed has another id. */
export function planIdOf({madeAt, ...rest}: Omit<Plan, 'id'>): string {
  const stamp = madeAt.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '');
  return `plan-${stamp}-${sha256(canonicalJson({...rest, madeAt})).slice(0, DIGITS)}`;
}

/** True for a complete id and nothing else: whatever passes names one file below `plans/`. */
export const isPlanId = (text: string): boolean => PLAN_ID.test(text);

/** True for the id of a plan that an older zbufctl made: too short to vouch for what is in it. */
export const isShortPlanId = (text: string): boolean => SHORT_ID.test(text);
