import type {ModePolicy} from './mode.js';

/** What the operator's policy says of changes, read and checked; every member has a value. */
export interface ChangePolicy {
  /** Services (ids or rc scripts) to stop and switch off where the value is to be non-zero. */
  readonly disable: readonly string[];
  /** Services (ids or rc scripts) no plan may stop, restart or switch off. */
  readonly keep: readonly string[];
  /** rc variables and the values they should have, in the order of the policy. */
  readonly rc: Readonly<Record<string, string>>;
  /** Buffer modes, by service id or path of a program; empty: no program is given one. */
  readonly modes: ModePolicy;
  /**
   * Services (ids or rc scripts) that load libpcap by dlopen(3), and may get their mode by
   * LD_PRELOAD in their rc variable.
   */
  readonly preload: readonly string[];
  /** When changes may be made; empty: at any time. */
  readonly window: readonly WindowRange[];
  /** Seconds after which a stored probe proves nothing any more. */
  readonly probeAge: number;
}

/** A span of time that comes back every week. */
export interface WindowRange {
  /** The days it begins on, 0 is Sunday, in the zone of `offset`. */
  readonly days: readonly number[];
  /** Minutes after midnight in that zone. */
  readonly from: number;
  /** Minutes it is open; it may reach into the next day. */
  readonly minutes: number;
  /** Minutes the zone is ahead of UTC; 0 is UTC. */
  readonly offset: number;
  /** As the policy has it, for people. */
  readonly text: string;
}

/** 30 days: longer than a maintenance cycle, shorter than most kernels live. */
export const DEFAULT_PROBE_AGE = 30 * 86_400;

export const NO_CHANGE_POLICY: ChangePolicy = {
  disable: [],
  keep: [],
  rc: {},
  modes: {},
  preload: [],
  window: [],
  probeAge: DEFAULT_PROBE_AGE,
};
