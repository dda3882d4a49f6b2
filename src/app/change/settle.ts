import type {AppliedHost, Recording} from '../../model/apply-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {HostRecord, RecordedStep} from '../../model/host-record.js';
import type {PlannedHost} from '../../model/plan.js';
import {contradiction} from '../../plan/check-record.js';
import type {Verified} from '../../plan/host-outcome.js';
import {hostOutcome, nothingChanged, whatFailed} from '../../plan/host-outcome.js';

import type {HostOptions} from './apply-options.js';
import {apartText} from './compare-with-plan.js';

/** What is known of a host when it is to be seen through. */
export interface Known {
  /**
   * What `begin` (or the question about an earlier run) came back with; undefined when the
   * connection was cut.
   */
  readonly record: HostRecord | undefined;
  /** A step was seen to begin. */
  readonly begun: boolean;
  /** An earlier controller may have confirmed it. */
  readonly mayBeConfirmed: boolean;
}

/** Where a host stands, as far as is known. */
export interface Contacted extends Known {
  readonly verified?: Verified;
  /** What was seen of the purpose: whether restarted captures record. */
  readonly recording?: Recording;
  /** What `verified` was judged from. */
  readonly evidence?: Evidence;
  /**
   * Of a host that knows nothing of the run: whether it is as the plan found it. Absent: not looked
   * at.
   */
  readonly apart?: {readonly state: 'same'} | {readonly state: 'differs'; readonly text: string};
  /** Why it could not be asked, the last time. */
  readonly trouble?: string;
}

/** The entry of a host of which nothing more is to be found out; undefined: not yet. */
export function settle(
  planned: PlannedHost,
  now: Contacted,
  {run, plan}: HostOptions,
): AppliedHost | undefined {
  const {record, verified, apart} = now;
  if (record === undefined) return undefined;
  const against = contradiction(record, {...now, run, plan, steps: planned.steps});
  if (against !== undefined) return hostOutcome(planned, 'lost', `${against}; ${LOOK_THERE}`);
  if (record.state === 'none' && record.refused === undefined) {
    if (apart === undefined) return undefined;
    return apart.state === 'same'
      ? hostOutcome(planned, 'not-started', 'the connection was cut before anything was begun')
      : hostOutcome(planned, 'lost', apartText(apart.text));
  }
  return decided(planned, record, verified ?? new Map());
}

const LOOK_THERE =
  'what it says is not believed. Look at the host itself (zbufctl audit), and at /var/db/zbufctl there';

/** The entry of a host on which nothing can change any more; undefined: not yet. */
function decided(
  planned: PlannedHost,
  record: HostRecord,
  verified: Verified,
): AppliedHost | undefined {
  switch (record.state) {
    case 'none':
      return record.refused === undefined
        ? undefined
        : hostOutcome(planned, 'refused', record.refused.text, record);
    case 'confirmed':
      return nothingChanged(record)
        ? hostOutcome(planned, 'already', undefined, record, verified)
        : hostOutcome(planned, 'changed', undefined, record, verified);
    case 'undone':
      return hostOutcome(
        planned,
        'rolled-back',
        whyUndone(planned, record, verified),
        record,
        verified,
      );
    case 'undo-failed':
      return hostOutcome(
        planned,
        'failed',
        `${whyUndone(planned, record, verified)}; it could not be undone completely: look at /var/db/zbufctl/${record.run} and run undo.sh there`,
        record,
        verified,
      );
    case 'working':
    case 'waiting':
    case 'undoing':
    case 'abandoned':
      return undefined;
  }
}

function whyUndone(planned: PlannedHost, record: HostRecord, verified: Verified): string {
  const changing = planned.steps.flatMap(({kind}, index) => (kind === 'verify' ? [] : [index]));
  const failed = whatFailed({...record, undone: []});
  if (failed !== '') return failed;
  const bad = [...verified.values()].find(({outcome}) => outcome !== 'already');
  if (bad !== undefined) return `verification failed: ${bad.detail}`;
  const notUndone = whatFailed(record);
  if (notUndone !== '') return notUndone;
  return changing.every((index) =>
    record.steps.some((step) => step.index === index && isDone(step)),
  )
    ? 'the host undid it by itself: nobody confirmed in time'
    : 'the host undid it by itself: its work did not come to an end there';
}

export const lost = (
  planned: PlannedHost,
  {record, trouble = ''}: Contacted,
  run: string,
): AppliedHost =>
  hostOutcome(
    planned,
    'lost',
    `${record === undefined ? trouble : `the host says it is ${record.state}${record.refused === undefined ? '' : ` (${record.refused.text})`}`}; what became of it is not known. The host undoes by itself what was not confirmed. Ask it with: zbufctl apply --resume ${run}`,
    record,
  );

const isDone = ({outcome}: RecordedStep): boolean => outcome === 'changed' || outcome === 'already';
