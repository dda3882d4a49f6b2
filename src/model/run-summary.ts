import type {Asked, RunOrigin, Shard} from './audit-run.js';
import type {Pruning} from './prune.js';
import type {ChainHead} from './stored-run.js';
import type {Count, Ordinal, RunId, Time} from './values.js';

/**
 * What a run was. The word stands in its id. A prune is the record of runs that were removed from
 * the store.
 */
export const RUN_KINDS = ['audit', 'probe', 'apply', 'rollback', 'prune'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/**
 * What the list of runs shows of one run; stored beside it so that listing parses no big document.
 */
export interface RunSummary {
  readonly schema: 'zbufctl.run-summary/1';
  readonly run: RunId;
  /** `unknown`: its id does not say. */
  readonly kind: RunKind | 'unknown';
  /** The schema of the run document, e.g. zbufctl.audit/1. */
  readonly document: string;
  readonly startedAt: Time;
  readonly finishedAt: Time;
  /** True when the operator stopped the run before every host was finished. */
  readonly interrupted: boolean;
  /** Of an audit: all of an inventory, or named hosts; absent: a version that did not say. */
  readonly asked?: Asked;
  /** Of an audit that was one part of another. */
  readonly shard?: Shard;
  /** Of an audit that others collected. */
  readonly origin?: RunOrigin;
  readonly hosts: Count;
  /** Of a probe run: whom it asked, so that a host's probes are found without reading every run. */
  readonly probed?: readonly string[];
  /** How many hosts ended how: by posture for an audit, by result for an apply. */
  readonly totals: Readonly<Record<string, Count>>;
}

/** A run as the store finds it. */
export type ListedRun =
  | {readonly state: 'finished'; readonly run: RunId; readonly summary: RunSummary}
  /** No end was stored: still going on, or the controller died. */
  | {
      readonly state: 'unfinished';
      readonly run: RunId;
      /** Hosts whose evidence is stored. */
      readonly evidence: Count;
    }
  | {readonly state: 'unreadable'; readonly run: RunId; readonly why: string};

/** What `zbufctl runs --json` prints. */
export interface RunList {
  readonly schema: 'zbufctl.runs/1';
  readonly runs: readonly ListedRun[];
  /** With --verify. */
  readonly chain?: ChainSummary;
}

export interface ChainSummary {
  /** The newest run, when there is one: what to write down elsewhere. */
  readonly head: ChainHead | null;
  readonly checked: Count;
  /** The oldest broken link; absent when the chain is whole. */
  readonly firstBroken?: {readonly run: string; readonly problem: string};
  /** Earlier runs that were removed on purpose; oldest first. */
  readonly prunings?: readonly PruningSummary[];
}

export interface PruningSummary extends Omit<Pruning, 'removed'> {
  /** How many runs. */
  readonly removed: Ordinal;
}
