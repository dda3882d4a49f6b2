import type {Posture, Severity} from './finding.js';
import type {Step} from './step.js';

/**
 * What is to be done to which hosts, decided from one audit. Used once; a host that changed since
 * refuses it.
 */
export interface Plan {
  readonly schema: 'zbufctl.plan/1';
  readonly id: string;
  /** The audit run it was made from. */
  readonly madeFrom: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly tool: {readonly name: 'zbufctl'; readonly version: string};
  /** SHA-256 (hex) over the canonical policies of the hosts. */
  readonly policyHash: string;
  /** The policies themselves, each once: with them the plan can be made again. */
  readonly policies: readonly PlannedPolicy[];
  /** Lines of the sysctl.conf files that are not in force go, too. */
  readonly cleanDuplicates: boolean;
  readonly hosts: readonly PlannedHost[];
  /** Hosts of each state. */
  readonly totals: Readonly<Partial<Record<PlannedState, number>>>;
}

/** What is wanted of some of the hosts. */
export interface PlannedPolicy {
  /** As the plan has it: a plan is a file that somebody may have edited. */
  readonly policy: Readonly<Record<string, unknown>>;
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
  readonly text: string;
  /** What would make it safe, or what to do. */
  readonly remedy?: string;
}

/** What is left to a person. */
export interface ByHand {
  /** What is wrong and what to do, for people. */
  readonly text: string;
  /** To be run on the host as root, when one line does it. */
  readonly command?: string;
}

/** A critical or high finding that no waiver covers. */
export interface StandingFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly summary: string;
}

/** What one look at a host came to. */
export interface Judgement {
  readonly posture: Posture;
  readonly standing: readonly StandingFinding[];
  readonly byHand: readonly ByHand[];
}

export interface PlannedHost extends Judgement {
  readonly host: string;
  readonly address: string;
  readonly state: PlannedState;
  /**
   * What the plan rests on. Whatever differs at apply time makes it stale for this host, and is
   * named.
   */
  readonly fingerprint: Fingerprint;
  readonly gate: {
    readonly allowed: boolean;
    readonly reasons: readonly GateReason[];
  };
  readonly steps: readonly PlannedStep[];
}

export type PlannedStep = Step & {
  /** Rules whose findings it answers. */
  readonly why: readonly string[];
  /** Undoes it; null for steps that change nothing. */
  readonly inverse: Step | null;
};

/**
 * Facts of the host, each compared on its own so that a stale plan can say what changed. Values are
 * short texts.
 */
export type Fingerprint = Readonly<Record<string, string>>;
