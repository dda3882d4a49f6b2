import type {Outcome, StepKind} from './step.js';

/**
 * What a host says of a run that changes it, from the journal it keeps itself in
 * /var/db/zbufctl/<run>/. The one thing outcomes are believed from: an exit code says nothing, and
 * no record means `lost`.
 */
export interface HostRecord {
  readonly run: string;
  /** Of the plan the run carries out; '' when the host does not know the run. */
  readonly plan: string;
  /** user@controller that began it; '' when the host does not know the run. */
  readonly owner: string;
  readonly state: ChangeState;
  /** How it stood when the undo was asked for: one that found it undone has changed nothing. */
  readonly before?: ChangeState;
  /** Seconds until the host undoes the change by itself; only while `working` or `waiting`. */
  readonly secondsLeft?: number;
  /**
   * Of the steps that change something, in the order of the plan; the controller's `verify` steps
   * are not here.
   */
  readonly steps: readonly RecordedStep[];
  /** What undoing them came to, in the order it was done; empty when nothing was undone. */
  readonly undone: readonly RecordedStep[];
  /** The lock of this host, whichever run has it. */
  readonly lock?: HostLock;
  /** Set when what was asked was not done. */
  readonly refused?: Refusal;
  /** What starts the undo after a reboot; absent: nothing of the run was begun. */
  readonly bootGuard?: BootGuard;
}

/** In the order they are tried; `none`: a reboot would leave the change where it is. */
export const BOOT_GUARDS = ['rc.d', 'cron.d', 'at', 'none'] as const;
export type BootGuard = (typeof BOOT_GUARDS)[number];

/**
 * - `none`       the host knows no such run: nothing of it was ever begun
 * - `working`    steps are being carried out
 * - `waiting`    all steps are done; the dead-man switch waits for the confirmation
 * - `undoing`    the undo is going on
 * - `confirmed`  the change stays
 * - `undone`     everything is as it was before the run
 * - `undo-failed` the undo could not put everything back: `undone` says what
 * - `abandoned`  begun, and neither the script nor the dead-man switch is alive (a reboot): nobody
 *   decided
 */
export const CHANGE_STATES = [
  'none',
  'working',
  'waiting',
  'undoing',
  'confirmed',
  'undone',
  'undo-failed',
  'abandoned',
] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

export interface RecordedStep {
  /** Position in the plan's list of steps of this host, from 0. */
  readonly index: number;
  readonly kind: StepKind;
  /** `lost`: begun, and no end is written down. */
  readonly outcome: Outcome;
  /** One line, sanitised by the reader; why, when refused or failed. */
  readonly detail: string;
}

export interface HostLock {
  readonly run: string;
  readonly owner: string;
  /** Seconds since it was taken, by the host's clock. */
  readonly age: number;
  /** Whether something of its run still runs on the host. */
  readonly alive: boolean;
}

/** Why a host did not do what was asked (templates/change says these words). */
export const REFUSALS = [
  'locked', //          another run has the lock
  'changed', //         the plan's `from` is not what is there
  'unwritable', //      a symbolic link, an immutable or read-only file
  'no-journal', //      /var/db/zbufctl cannot be written, or no space: the journal cannot be kept
  'in-memory', //       /var/db/zbufctl is in memory: a reboot would forget what was promised
  'no-watch', //        no daemon(8), or the dead-man switch did not start
  'no-boot-guard', //   nothing would undo it after a reboot, and the request did not accept that
  'plan-used', //       carried out here before, and not by a run that this one goes on with
  'not-the-service', // a process that is no capture, or a stranger's, is among the service's own
  'not-root',
  'wrong-state', //     confirm or undo asked of a run in a state where that means nothing
] as const;
export type RefusalWord = (typeof REFUSALS)[number];

export interface Refusal {
  readonly why: RefusalWord;
  readonly text: string;
}
