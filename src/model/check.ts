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
  readonly name: string;
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
  readonly checks: readonly Check[];
}

/** What `zbufctl doctor --json` prints. */
export interface DoctorReport {
  readonly schema: 'zbufctl.doctor/1';
  readonly tool: {readonly name: 'zbufctl'; readonly version: string};
  /** ISO 8601 UTC. */
  readonly checkedAt: string;
  readonly controller: readonly Check[];
  readonly hosts: readonly CheckedHost[];
}
