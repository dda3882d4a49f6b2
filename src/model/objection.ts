/**
 * Why a plan is not carried out on a host.
 * - `stale`   the host, its policy or zbufctl is not what it was when the plan was made
 * - `forged`  nothing differs, and yet the planner does not make these steps
 * - `gate`    what the plan sets is not allowed today
 * - `window`  outside the maintenance window
 */
export const OBJECTION_WORDS = ['stale', 'forged', 'gate', 'window'] as const;
export type ObjectionWord = (typeof OBJECTION_WORDS)[number];

export interface Objection {
  readonly word: ObjectionWord;
  /** For people. */
  readonly text: string;
}
