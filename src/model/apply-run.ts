import type {StepOutcome} from './step.js';

export type HostResult =
  'changed' | 'already' | 'refused' | 'rolled-back' | 'lost' | 'failed' | 'not-started';

export interface AppliedHost {
  readonly host: string;
  readonly result: HostResult;
  /** Why, when it is not changed or already. */
  readonly reason?: string;
  /** The run under whose name the host keeps the journal, when that is not this run (apply --resume). */
  readonly journal?: string;
  readonly steps: readonly StepOutcome[];
}

/** One apply (or rollback), stored before the first change and after every host. */
export interface ApplyRun {
  readonly schema: 'zbufctl.apply/1';
  readonly run: string;
  /** The plan carried out; of a rollback, the plan of the run it undid. */
  readonly plan: string;
  /** The run this one undid (zbufctl rollback). */
  readonly undoes?: string;
  /** The run this one went on with (apply --resume). */
  readonly continues?: string;
  readonly startedAt: string;
  /** Absent while it is still going on, or when the controller died. */
  readonly finishedAt?: string;
  readonly tool: {readonly name: 'zbufctl'; readonly version: string};
  /** Who started it: user@controller. */
  readonly operator: string;
  readonly interrupted: boolean;
  readonly hosts: readonly AppliedHost[];
}
