import type {ChainHead} from './stored-run.js';

/**
 * How long stored runs are kept (`retention` in zbufctl.yaml). Nothing is ever deleted because of
 * it alone.
 */
export interface Retention {
  /** Whole days since a run ended. */
  readonly keepDays: number;
  /** So many of each kind of run, the newest ones, stay however old they are. */
  readonly atLeast: number;
}

/**
 * A run that was removed on purpose: its place in the chain, so that the gap it leaves can be told
 * from a loss.
 */
export interface PrunedRun {
  readonly run: string;
  /** Absent: the run was never finished, so it had no place. */
  readonly chain?: {
    readonly sequence: number;
    readonly previous: ChainHead | null;
    /** SHA-256 (hex): what a report made from the run has printed. */
    readonly head: string;
  };
}

/**
 * Stored in the chain like a run, before anything is removed: what was, when, by whom and by which
 * rule.
 */
export interface PruneRecord {
  readonly schema: 'zbufctl.prune/1';
  readonly run: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly tool: {readonly name: 'zbufctl'; readonly version: string};
  /** Who did it: user@controller. */
  readonly operator: string;
  readonly retention: Retention;
  readonly removed: readonly PrunedRun[];
  /** A pruning covers no hosts. */
  readonly hosts: readonly never[];
}

/** What one pruning removed, as its record in the chain says. */
export interface Pruning {
  readonly record: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly operator: string;
  readonly removed: readonly PrunedRun[];
}

/** A run and what becomes of it. */
export interface RunFate {
  readonly run: string;
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
  readonly young: number;
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
