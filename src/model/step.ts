import type {ObjectMode} from './mode.js';

/**
 * One change as a value. The closed set is the whole privileged surface: whatever is not here
 * cannot be done to a host. Every step carries what it was planned from (`from`); the host compares
 * before it changes anything and reads again after.
 */
export type Step =
  SetRunning | WriteBoot | SetRc | InstallMode | MapMode | ServiceStep | VerifyStep;

/** sysctl net.bpf.zerocopy_enable=to, only while it still is `from`. */
export interface SetRunning {
  readonly kind: 'set-running';
  readonly oid: 'net.bpf.zerocopy_enable';
  readonly from: number;
  readonly to: number;
}

/** Replaces a sysctl.conf file byte for byte; nothing but the lines that set the value differs. */
export interface WriteBoot {
  readonly kind: 'write-boot';
  readonly file: '/etc/sysctl.conf' | '/etc/sysctl.conf.local';
  /** The whole content; null: the file is not there. */
  readonly from: string | null;
  readonly to: string | null;
  /** The value the next boot sets before and after, for people. */
  readonly bootFrom: number;
  readonly bootTo: number;
}

/** sysrc -f file variable=to, on a copy that is checked and then renamed into place. */
export interface SetRc {
  readonly kind: 'set-rc';
  /**
   * The file whose assignment wins, or /etc/rc.conf when there is none: an absolute path rc(8)
   * reads.
   */
  readonly file: string;
  readonly variable: string;
  /** null: not set in any rc file. */
  readonly from: string | null;
  readonly to: string | null;
  /** What becomes of the file's lines, for people; absent where they were not collected. */
  readonly lines?: RcLines;
}

/** The lines of an rc file that change, as they stand there. */
export interface RcLines {
  /** Number of the first of them. */
  readonly at: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The last of `before`, or of `after`, is the file's last and has no newline. */
  readonly unended?: 'before' | 'after';
  /** The file is not there yet, or will not be. */
  readonly missing?: 'before' | 'after';
}

export const SERVICE_STEPS = ['restart-service', 'start-service', 'stop-service'] as const;
export type ServiceStepKind = (typeof SERVICE_STEPS)[number];

/**
 * Puts an object that gives a buffer mode at its path, 0444 root:wheel, or takes it away. The bytes
 * are not in the plan: they are the package's own, found by their hash and checked on the host
 * before they get their name.
 */
export interface InstallMode {
  readonly kind: 'install-mode';
  readonly mode: ObjectMode;
  readonly file: string;
  /** SHA-256, hex; null: the file is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Replaces the file that maps the objects byte for byte; then every program in it must load what it
 * should (ldd).
 */
export interface MapMode {
  readonly kind: 'map-mode';
  readonly file: '/usr/local/etc/libmap.d/zbufctl.conf';
  /** The whole content; null: the file is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface ServiceStep {
  readonly kind: ServiceStepKind;
  /** rc script name, e.g. pflog. */
  readonly service: string;
  readonly from: 'running' | 'stopped';
  readonly to: 'running' | 'stopped';
  /** Seconds `service X stop` may take before `mayKill` counts. */
  readonly timeLimit: number;
  /**
   * When the limit passes: SIGKILL for those processes of the service that were there before the
   * stop and still hold /dev/bpf (facts: a stalled pflogd ignores SIGTERM); false: the step fails
   * instead.
   */
  readonly mayKill: boolean;
}

/**
 * Reads back, from evidence collected over a new connection; changes nothing and is done by the
 * controller.
 */
export interface VerifyStep {
  readonly kind: 'verify';
  readonly what: 'running' | 'boot' | 'captures' | 'mode' | 'preload';
  /**
   * running, boot: the value expected. captures: the service whose capture must live. mode:
   * "PROGRAM MODE". preload: "SERVICE MODE".
   */
  readonly expected: number | string;
}

/**
 * Every kind of step, as documents and the host's script name it. A kind of Step that is not here
 * does not fit StepOutcome, and one that is here and has no Step does not compile either.
 */
export const STEP_KINDS = [
  'set-running',
  'write-boot',
  'set-rc',
  'install-mode',
  'map-mode',
  ...SERVICE_STEPS,
  'verify',
] as const satisfies readonly Step['kind'][];
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * What became of a step. `lost`: the host left no record, so nobody knows until it is asked again.
 */
export const OUTCOMES = [
  'changed',
  'already',
  'refused',
  'failed',
  'rolled-back',
  'lost',
  'not-started',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface StepOutcome {
  readonly kind: StepKind;
  readonly outcome: Outcome;
  /** One line for people, e.g. "net.bpf.zerocopy_enable: 1 -> 0"; why, when refused or failed. */
  readonly detail: string;
}
