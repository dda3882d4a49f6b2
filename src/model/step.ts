import type {ObjectMode} from './mode.js';
import type {Ordinal, Sha256, ZerocopyValue} from './values.js';

/**
 * One change as a value. The closed set is the whole privileged surface: whatever is not here
 * cannot be done to a host. Every step carries what it was planned from (`from`); the host compares
 * before it changes anything and reads again after.
 * @discriminator kind
 */
export type Step =
  SetRunning | WriteBoot | SetRc | InstallMode | MapMode | ServiceStep | VerifyStep;

/** sysctl net.bpf.zerocopy_enable=to, only while it still is `from`. */
export interface SetRunning {
  readonly kind: 'set-running';
  readonly oid: 'net.bpf.zerocopy_enable';
  readonly from: ZerocopyValue;
  readonly to: ZerocopyValue;
}

/** Replaces a sysctl.conf file byte for byte; nothing but the lines that set the value differs. */
export interface WriteBoot {
  readonly kind: 'write-boot';
  readonly file: '/etc/sysctl.conf' | '/etc/sysctl.conf.local';
  /** null: the file is not there. */
  readonly from: FileText | null;
  readonly to: FileText | null;
  /** The value the next boot sets before and after, for people. */
  readonly bootFrom: ZerocopyValue;
  readonly bootTo: ZerocopyValue;
}

/**
 * The whole content of a small file.
 * @maxLength 70000
 */
export type FileText = string;

/** sysrc -f file variable=to, on a copy that is checked and then renamed into place. */
export interface SetRc {
  readonly kind: 'set-rc';
  /**
   * The file whose assignment wins, or /etc/rc.conf when there is none: an absolute path rc(8)
   * reads.
   */
  readonly file: RcPath;
  /** @pattern ^[A-Za-z_][A-Za-z0-9_]{0,99}$ */
  readonly variable: string;
  /** null: not set in any rc file. */
  readonly from: RcText | null;
  readonly to: RcText | null;
  /** What becomes of the file's lines, for people; absent where they were not collected. */
  readonly lines?: RcLines;
}

/**
 * @pattern ^/etc/rc\.conf(\.local)?$|^(/usr/local)?/etc/rc\.conf\.d(/\w[\w.-]*){1,2}$
 * @maxLength 300
 */
export type RcPath = string;

/** @maxLength 4096 */
export type RcText = string;

/** The lines of an rc file that change, as they stand there. */
export interface RcLines {
  /** Number of the first of them. */
  readonly at: Ordinal;
  /** @maxItems 2 */
  readonly before: readonly RcText[];
  /** @maxItems 2 */
  readonly after: readonly RcText[];
  /** The last of `before`, or of `after`, is the file's last and has no newline. */
  readonly unended?: 'before' | 'after';
  /** The file is not there yet, or will not be. */
  readonly missing?: 'before' | 'after';
}

export const SERVICE_STEPS = ['restart-service', 'start-service', 'stop-service'] as const;

/**
 * Puts an object that gives a buffer mode at its path, 0444 root:wheel, or takes it away. The bytes
 * are not in the plan: they are the package's own, found by their hash and checked on the host
 * before they get their name.
 */
export interface InstallMode {
  readonly kind: 'install-mode';
  readonly mode: ObjectMode;
  /** @pattern ^/usr/local/lib/zbufctl/libpcap-(buffered|inherit|private)\.so$ */
  readonly file: string;
  /** null: the file is not there. */
  readonly from: Sha256 | null;
  readonly to: Sha256 | null;
}

/**
 * Replaces the file that maps the objects byte for byte; then every program in it must load what it
 * should (ldd).
 */
export interface MapMode {
  readonly kind: 'map-mode';
  readonly file: '/usr/local/etc/libmap.d/zbufctl.conf';
  /** null: the file is not there. */
  readonly from: FileText | null;
  readonly to: FileText | null;
}

export interface ServiceStep {
  readonly kind: (typeof SERVICE_STEPS)[number];
  /**
   * rc script name, e.g. pflog.
   * @pattern ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$
   */
  readonly service: string;
  readonly from: 'running' | 'stopped';
  readonly to: 'running' | 'stopped';
  /**
   * Seconds `service X stop` may take before `mayKill` counts.
   * @asType integer
   * @minimum 1
   * @maximum 3600
   */
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
  readonly expected: ZerocopyValue | Capture;
}

/** @maxLength 1020 */
export type Capture = string;

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
  'restart-service',
  'start-service',
  'stop-service',
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
