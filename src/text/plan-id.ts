/** Hexadecimal digits of the hash: 128 bits, so that no second plan of the same id can be found. */
export const PLAN_ID_DIGITS = 32;
const PLAN_ID = new RegExp(`^plan-\\d{8}T\\d{6}Z-[0-9a-f]{${PLAN_ID_DIGITS}}$`);
/** As versions before signed plans made them: 16 bits, which a few seconds of trying match. */
const SHORT_ID = /^plan-\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** True for a complete id and nothing else: whatever passes names one file below `plans/`. */
export const isPlanId = (text: string): boolean => PLAN_ID.test(text);

/** True for the id of a plan that an older zbufctl made: too short to vouch for what is in it. */
export const isShortPlanId = (text: string): boolean => SHORT_ID.test(text);
