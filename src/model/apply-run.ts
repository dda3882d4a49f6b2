import type {Posture} from './finding.js';
import type {ObjectionWord} from './objection.js';
import type {ByHand, StandingFinding} from './plan.js';
import type {StepOutcome} from './step.js';
import type {ApplyRunId, ChangeRunId, Count, Operator, SomeText, Time, Tool} from './values.js';

export const HOST_RESULTS = [
  'changed',
  'already',
  'refused',
  'rolled-back',
  'lost',
  'failed',
  'not-started',
] as const;
export type HostResult = (typeof HOST_RESULTS)[number];

/**
 * Whether captures record again after their service was restarted, the best first.
 * - `recording`  packets arrived, and were seen to be taken
 * - `alive`      packets arrived, and none was seen to be taken yet; nothing is stuck
 * - `untested`   no packet arrived, and no harmless one could be sent
 */
export const RECORDINGS = ['recording', 'alive', 'untested'] as const;
export type Recording = (typeof RECORDINGS)[number];

export interface AppliedHost {
  /** The name in the inventory. */
  readonly host: SomeText;
  readonly result: HostResult;
  /** Why, when it is not changed or already. */
  readonly reason?: SomeText;
  /** Why in a word, when the plan was compared with the host and did not fit. */
  readonly refusedAs?: ObjectionWord;
  /**
   * The run under whose name the host keeps the journal, when that is not this run (apply
   * --resume).
   */
  readonly journal?: ApplyRunId;
  /**
   * The least that was seen of the services it restarted; absent where none was, or nothing was
   * confirmed.
   */
  readonly verified?: Recording;
  /** As it was last seen before anything was done to it. */
  readonly postureBefore: Posture;
  /**
   * From the evidence it was verified by; the same as before where nothing was changed; else
   * `unknown`.
   */
  readonly postureAfter: Posture;
  /** Critical and high findings that stand after the run. */
  readonly standing: readonly StandingFinding[];
  /** What is left to a person after the run. */
  readonly byHand: readonly ByHand[];
  /** Of a dry run: what the run would do. Absent: the host could not be asked. */
  readonly would?: Would;
  /** @maxItems 100 */
  readonly steps: readonly StepOutcome[];
}

export const WOULD = ['change', 'nothing', 'refuse'] as const;
export type Would = (typeof WOULD)[number];

/** Whose signature a plan carried. */
export interface PlanSigner {
  /** SHA256:... as `ssh-keygen -l` prints it. */
  readonly fingerprint: SomeText;
  /** As the allowed signers name the key's owner. */
  readonly principals: readonly string[];
}

/**
 * One apply (or rollback), stored before the first change and after every host. It undoes another
 * or goes on with another, never both; and only an id of its own kind names it.
 * @if {"type": "object", "properties": {"undoes": true}, "required": ["undoes"]}
 * @then {"properties": {"continues": false, "run": {"type": "string", "pattern": "-rollback-"}}}
 * @else {"properties": {"run": {"type": "string", "pattern": "-apply-"}}}
 */
export interface ApplyRun {
  readonly schema: 'zbufctl.apply/1';
  readonly run: ChangeRunId;
  /**
   * The plan carried out; of a rollback, the plan of the run it undid. Older versions made short
   * ids.
   * @pattern ^plan-[0-9]{8}T[0-9]{6}Z-([0-9a-f]{4}|[0-9a-f]{32})$
   */
  readonly plan: string;
  /** Who signed the plan; absent: nobody asked. */
  readonly signedBy?: PlanSigner;
  /** The run this one undid (zbufctl rollback). */
  readonly undoes?: ApplyRunId;
  /** The run this one went on with (apply --resume). */
  readonly continues?: ApplyRunId;
  readonly startedAt: Time;
  /** Absent while it is still going on, or when the controller died. */
  readonly finishedAt?: Time;
  readonly tool: Tool;
  readonly operator: Operator;
  readonly interrupted: boolean;
  /** True: everything but the change was done, and the run is not stored. */
  readonly dryRun: boolean;
  /**
   * How many hosts nothing is said of: not started, or of a dry run, not asked (exit code 4).
   * Absent in runs of older versions.
   */
  readonly notAssessed?: Count;
  readonly hosts: readonly AppliedHost[];
}
