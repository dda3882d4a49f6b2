import type {Severity, Verdict} from './finding.js';
import type {DriftChange} from './report.js';
import type {Count, Integer, RunId, Time} from './values.js';

/** null: absent; for a posture: the host is not in that run. */
export type Side = string | Integer | null;

export interface FromTo {
  readonly from: Side;
  readonly to: Side;
}

export interface HostChange {
  readonly host: string;
  readonly change: 'appeared' | 'disappeared' | 'changed';
  readonly posture?: FromTo;
  readonly running?: FromTo;
  readonly boot?: FromTo;
  readonly release?: FromTo;
}

export interface FindingState {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly waived?: string;
}

export interface FindingChange {
  readonly change: DriftChange;
  readonly host: string;
  readonly rule: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly service?: string;
  readonly before?: FindingState;
  readonly after?: FindingState;
}

/** What is different between two audits: `zbufctl runs diff --json`. */
export interface RunDiff {
  readonly schema: 'zbufctl.run-diff/1';
  readonly from: ComparedRun;
  readonly to: ComparedRun;
  readonly hosts: readonly HostChange[];
  readonly findings: readonly FindingChange[];
  readonly totals: Readonly<Record<DriftChange, Count>>;
}

export interface ComparedRun {
  readonly run: RunId;
  readonly startedAt: Time;
  readonly hosts: Count;
}
