import type {ApplyRun} from './apply-run.js';
import type {AuditRun} from './audit-run.js';
import type {ProbeRun} from './probe.js';
import type {PruneRecord, Pruning} from './prune.js';
import type {ChainState} from './report.js';
import type {ChainHead} from './stored-run.js';

/** Documents this version can read, by schema. Another kind of run is one more line. */
export interface RunDocuments {
  readonly 'zbufctl.audit/1': AuditRun;
  readonly 'zbufctl.probe/1': ProbeRun;
  readonly 'zbufctl.apply/1': ApplyRun;
  readonly 'zbufctl.prune/1': PruneRecord;
}

export interface ChainCheck {
  /**
   * Every run in the directory, and runs the chain names that are gone; oldest link first, runs
   * outside the chain last (`not-checked`: never finished).
   */
  readonly runs: ReadonlyMap<string, ChainState>;
  /** The oldest broken link; undefined when the chain is whole. */
  readonly firstBroken?: {readonly run: string; readonly problem: string};
  /** The newest run, when there is one: what to write down elsewhere. */
  readonly head: ChainHead | null;
  /** What was removed on purpose, oldest first; such runs are not in `runs`. */
  readonly prunings: readonly Pruning[];
}
