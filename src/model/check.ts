import type {SomeText, Time, Tool} from './values.js';

/**
 * - `ok`       as it should be
 * - `note`     not as it could be; something zbufctl can do without
 * - `problem`  has to be fixed
 * - `skipped`  could not be looked at, because a step before it failed
 */
export const CHECK_STATES = ['ok', 'note', 'problem', 'skipped'] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** One thing `zbufctl doctor` looked at. */
export interface Check {
  readonly state: CheckState;
  /** What was looked at, one word or two; stable. */
  readonly name: SomeText;
  /** What was found; harmless, one line. */
  readonly detail: string;
  /** What to do; '' when there is nothing to do. */
  readonly fix: string;
}

/** The steps to a host, in their order: each needs all before it. */
export const HOST_STEPS = [
  'resolve',
  'connect',
  'host key',
  'auth',
  'shell',
  'become',
  'tools',
  'clock',
] as const;
export type HostStep = (typeof HOST_STEPS)[number];

export interface CheckedHost {
  readonly host: string;
  readonly address: string;
  /** In the order of HOST_STEPS; after the first problem of the way there the rest is skipped. */
  readonly checks: readonly Check[];
}

/** What `zbufctl doctor --json` prints. */
export interface DoctorReport {
  readonly schema: 'zbufctl.doctor/1';
  readonly tool: Tool;
  readonly checkedAt: Time;
  readonly controller: readonly Check[];
  readonly hosts: readonly CheckedHost[];
}
