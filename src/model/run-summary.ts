import type {Asked, Shard} from './audit-run.js';

/**
 * What the list of runs shows of one run; stored beside it so that listing parses no big document.
 */
export interface RunSummary {
  readonly schema: 'zbufctl.run-summary/1';
  readonly run: string;
  /** audit, probe, apply or rollback. */
  readonly kind: string;
  /** The schema of the run document, e.g. zbufctl.audit/1. */
  readonly document: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** True when the operator stopped the run before every host was finished. */
  readonly interrupted: boolean;
  /** Of an audit: all of an inventory, or named hosts; absent: a version that did not say. */
  readonly asked?: Asked;
  /** Of an audit that was one part of another. */
  readonly shard?: Shard;
  readonly hosts: number;
  /** Of a probe run: whom it asked, so that a host's probes are found without reading every run. */
  readonly probed?: readonly string[];
  /** How many hosts ended how: by posture for an audit, by result for an apply. */
  readonly totals: Readonly<Record<string, number>>;
}

/** A run as the store finds it. */
export type ListedRun =
  | {readonly state: 'finished'; readonly run: string; readonly summary: RunSummary}
  /** No end was stored: still going on, or the controller died. */
  | {readonly state: 'unfinished'; readonly run: string; readonly evidence: number}
  | {readonly state: 'unreadable'; readonly run: string; readonly why: string};
