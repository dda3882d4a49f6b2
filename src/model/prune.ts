import type {ChainHead} from './stored-run.js';
import type {Count, Ordinal, RunId, Sha256, Time, Tool} from './values.js';

/**
 * How long stored runs are kept (`retention` in zbufctl.yaml). Nothing is ever deleted because of
 * it alone.
 */
export interface Retention {
  /** Whole days since a run ended. */
  readonly keepDays: Ordinal;
  /** So many of each kind of run, the newest ones, stay however old they are. */
  readonly atLeast: Ordinal;
}

/**
 * A run that was removed on purpose: its place in the chain, so that the gap it leaves can be told
 * from a loss.
 */
export interface PrunedRun {
  readonly run: RunId;
  /** Its place in the chain; absent: it was never finished, so it had none. */
  readonly chain?: {
    readonly sequence: Ordinal;
    readonly previous: ChainHead | null;
    /** What a report made from the run has printed. */
    readonly head: Sha256;
  };
}

/**
 * Stored in the chain like a run, before anything is removed: what was, when, by whom and by which
 * rule.
 */
export interface PruneRecord {
  readonly schema: 'zbufctl.prune/1';
  readonly run: RunId;
  readonly startedAt: Time;
  readonly finishedAt: Time;
  readonly tool: Tool;
  /** Who did it: user@controller. */
  readonly operator: string;
  readonly retention: Retention;
  /** @minItems 1 */
  readonly removed: readonly PrunedRun[];
  /**
   * A pruning covers no hosts.
   * @maxItems 0
   */
  readonly hosts: readonly never[];
}

/** What one pruning removed, as its record in the chain says. */
export interface Pruning {
  readonly record: RunId;
  readonly at: Time;
  readonly operator: string;
  readonly removed: readonly PrunedRun[];
}

/** A run and what becomes of it. */
export interface RunFate {
  readonly run: RunId;
  /** One sentence without a full stop. */
  readonly why: string;
}

/** What a retention would remove. Every run is in one of the two lists, oldest first. */
export interface PrunePlan {
  readonly retention: Retention;
  readonly remove: readonly RunFate[];
  /** Only runs old enough to go that stay nevertheless. */
  readonly spare: readonly RunFate[];
  /** How many are not that old. */
  readonly young: Count;
}

/** What `zbufctl runs prune --json` prints. */
export interface PruneResult extends PrunePlan {
  readonly schema: 'zbufctl.runs-prune/1';
  /** Empty: nothing was. */
  readonly removed: readonly RunId[];
  readonly record: RunId | null;
}

/** What a pruning came to. */
export interface Pruned {
  /**
   * Undefined when all of it stood in the record of an earlier pruning already, which was
   * interrupted.
   */
  readonly record: string | undefined;
  readonly removed: readonly string[];
}
