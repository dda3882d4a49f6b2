import type {GraveSeverity, Posture} from './finding.js';
import type {Step} from './step.js';
import type {Ordinal, RuleId, Sha256, Time, Tool} from './values.js';

/**
 * What is to be done to which hosts, decided from one audit. Used once; a host that changed since
 * refuses it.
 */
export interface Plan {
  readonly schema: 'zbufctl.plan/1';
  /** @pattern ^plan-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{32}$ */
  readonly id: string;
  /**
   * The audit run it was made from.
   * @maxLength 200
   */
  readonly madeFrom: string;
  readonly madeAt: Time;
  readonly tool: Tool;
  /** Over the canonical policies of the hosts. */
  readonly policyHash: Sha256;
  /** The policies themselves, each once: with them the plan can be made again. */
  readonly policies: readonly PlannedPolicy[];
  /** Lines of the sysctl.conf files that are not in force go, too. */
  readonly cleanDuplicates: boolean;
  readonly hosts: readonly PlannedHost[];
  /** Hosts of each state. */
  readonly totals: Readonly<Partial<Record<PlannedState, Ordinal>>>;
}

/** What is wanted of some of the hosts. */
export interface PlannedPolicy {
  /** As the plan has it: a plan is a file that somebody may have edited. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** @minItems 1 */
  readonly hosts: readonly string[];
}

/**
 * What a plan comes to for one host.
 * - `changes`      it has steps, and they may be carried out
 * - `by-hand`      no step answers what is wrong; a person can
 * - `nothing`      the host is as it should be
 * - `refused`      something speaks against the change
 * - `unknown`      it was not seen whole, and nothing else is against it
 * - `unreachable`  it gave no evidence
 */
export const PLANNED_STATES = [
  'changes',
  'by-hand',
  'nothing',
  'refused',
  'unknown',
  'unreachable',
] as const;
export type PlannedState = (typeof PLANNED_STATES)[number];

/**
 * - `refusal`  speaks against the change
 * - `gap`      could not be seen, and has to be before anything is changed
 * - `by-hand`  keeps nothing from being done, and asks a person to do the rest
 * - `note`     is only good to know
 */
export const REASON_KINDS = ['refusal', 'gap', 'by-hand', 'note'] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

export interface GateReason {
  readonly kind: ReasonKind;
  /** @maxLength 20000 */
  readonly text: string;
  /**
   * What would make it safe, or what to do.
   * @maxLength 20000
   */
  readonly remedy?: string;
}

/** What is left to a person. */
export interface ByHand {
  /**
   * What is wrong and what to do, for people.
   * @minLength 1
   * @maxLength 40000
   */
  readonly text: string;
  /**
   * To be run on the host as root, when one line does it.
   * @minLength 1
   * @maxLength 1000
   */
  readonly command?: string;
}

/** A critical or high finding that no waiver covers. */
export interface StandingFinding {
  readonly rule: RuleId;
  readonly severity: GraveSeverity;
  /** @maxLength 20000 */
  readonly summary: string;
}

/** What one look at a host came to. */
export interface Judgement {
  readonly posture: Posture;
  /** @maxItems 20000 */
  readonly standing: readonly StandingFinding[];
  /**
   * What is left to a person.
   * @maxItems 20000
   */
  readonly byHand: readonly ByHand[];
}

/**
 * Steps are there exactly where they may be carried out.
 * @if {"properties": {"state": {"const": "changes"}}}
 * @then {"properties": {
 *   "gate": {"properties": {"allowed": {"const": true}}},
 *   "steps": {"minItems": 1}
 * }}
 * @else {"properties": {"steps": {"maxItems": 0}}}
 */
export interface PlannedHost extends Judgement {
  readonly host: PlannedName;
  readonly address: PlannedName;
  readonly state: PlannedState;
  /**
   * What the plan rests on. Whatever differs at apply time makes it stale for this host, and is
   * named.
   */
  readonly fingerprint: Fingerprint;
  readonly gate: PlanGate;
  /** @maxItems 100 */
  readonly steps: readonly PlannedStep[];
}

/**
 * @minLength 1
 * @maxLength 255
 */
export type PlannedName = string;

export interface PlanGate {
  readonly allowed: boolean;
  /** @maxItems 20000 */
  readonly reasons: readonly GateReason[];
}

/** @discriminator kind */
export type PlannedStep = Step & {
  /**
   * Rules whose findings it answers.
   * @maxItems 50
   */
  readonly why: readonly RuleId[];
  /** Undoes it; null for steps that change nothing. */
  readonly inverse: Step | null;
};

/**
 * Facts of the host, each compared on its own so that a stale plan can say what changed. Values are
 * short texts.
 * @maxProperties 2000
 */
export type Fingerprint = Readonly<Record<string, FingerprintValue>>;

/** @maxLength 1000 */
export type FingerprintValue = string;
