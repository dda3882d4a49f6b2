import type {Step} from './step.js';

/** What is to be done to which hosts, decided from one audit. Used once; a host that changed since refuses it. */
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
  readonly hosts: readonly PlannedHost[];
}

export interface PlannedHost {
  readonly host: string;
  readonly address: string;
  /** What the plan rests on. Whatever differs at apply time makes it stale for this host, and is named. */
  readonly fingerprint: Fingerprint;
  readonly gate: {
    readonly allowed: boolean;
    readonly reasons: readonly string[];
    /** What would make it safe. */ readonly remedies: readonly string[];
  };
  readonly steps: readonly PlannedStep[];
}

export type PlannedStep = Step & {
  /** Rules whose findings it answers. */
  readonly why: readonly string[];
  /** Undoes it; null for steps that change nothing. */
  readonly inverse: Step | null;
};

/** Facts of the host, each compared on its own so that a stale plan can say what changed. Values are short texts. */
export type Fingerprint = Readonly<Record<string, string>>;
