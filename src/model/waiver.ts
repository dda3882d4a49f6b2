import type {Count, Day, Integer} from './values.js';

/**
 * An accepted failure: who accepts it, why, and until when. Written in the policy, never made by
 * the tool. Dates are ISO 8601 calendar dates (YYYY-MM-DD) in UTC; both ends are part of the time
 * it covers.
 */
export interface Waiver {
  /** The rule whose failure is accepted, e.g. ZBUF-003. */
  readonly rule: string;
  /** Inventory names it covers; `*` stands for any run of characters. */
  readonly hosts: readonly string[];
  /** Inventory groups it covers. A waiver covers a host that is in either list. */
  readonly groups: readonly string[];
  /** Covers only findings about this service; absent: every finding of the rule. */
  readonly service?: string;
  readonly reason: string;
  readonly approver: string;
  readonly ticket: string;
  readonly start: Day;
  /** The last day it covers. */
  readonly expiry: Day;
  /** Where it is written, for messages. */
  readonly origin: {readonly file: string; readonly line: Count};
}

/**
 * - `in-force`: it covers at least one failure.
 * - `not-started`, `expired`: the day is outside start..expiry; it covers nothing.
 * - `unmatched`: within its dates, every host it names was looked at, and nothing fails that it
 *   could cover.
 * - `undecided`: within its dates, covers nothing, but a host it names was not looked at or is
 *   unknown there, so nobody can say whether it is still needed.
 */
export type WaiverStanding = 'in-force' | 'not-started' | 'expired' | 'unmatched' | 'undecided';

/** A waiver and what it came to on a day, for reports. */
export interface WaiverState {
  readonly waiver: Waiver;
  readonly standing: WaiverStanding;
  /**
   * Hosts with a failure it covers; for an expired one: that it would cover. In the order of the
   * run.
   */
  readonly covers: readonly string[];
  /** Days until it expires, counted from the day of the judgement; negative when expired. */
  readonly daysLeft: Integer;
}
