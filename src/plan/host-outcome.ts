import type {AppliedHost, HostResult} from '../model/apply-run.js';
import type {HostRecord} from '../model/host-record.js';
import type {Judgement, PlannedHost} from '../model/plan.js';
import type {Outcome, StepOutcome} from '../model/step.js';

/** What the controller found out about the plan's `verify` steps, by their position in the plan. */
export type Verified = ReadonlyMap<number, StepOutcome>;

/**
 * A host's entry in the run, from what the host wrote down and what was verified. Nothing is taken
 * from an exit code: a step the host has no record of was not started.
 */
export function hostOutcome(
  planned: PlannedHost,
  result: HostResult,
  reason?: string,
  record?: HostRecord,
  verified: Verified = new Map(),
): AppliedHost {
  const undone = new Map(record?.undone.map((step) => [step.index, step]));
  const recorded = new Map(record?.steps.map((step) => [step.index, step]));
  const steps = planned.steps.map((step, index): StepOutcome => {
    const said = recorded.get(index);
    const back = undone.get(index);
    const checked = verified.get(index);
    if (checked !== undefined) return checked;
    if (said === undefined) return {kind: step.kind, outcome: 'not-started', detail: ''};
    if (back !== undefined)
      return {kind: step.kind, outcome: afterUndo(back.outcome), detail: back.detail};
    return {kind: step.kind, outcome: said.outcome, detail: said.detail};
  });
  return {
    host: planned.host,
    result,
    ...(reason === undefined || reason === '' ? {} : {reason}),
    postureBefore: planned.posture,
    ...(AS_BEFORE[result]
      ? {postureAfter: planned.posture, standing: planned.standing}
      : {postureAfter: 'unknown', standing: []}),
    byHand: planned.byHand,
    steps,
  };
}

/** Whether such a host is as it was when nothing newer is known of it. */
const AS_BEFORE: Readonly<Record<HostResult, boolean>> = {
  changed: false,
  already: true,
  refused: true,
  'rolled-back': true,
  lost: false,
  failed: false,
  'not-started': true,
};

/** What was seen right before the change is newer than the plan. */
export function seenBefore(entry: AppliedHost, before: Judgement): AppliedHost {
  const postureBefore = before.posture;
  // `already`: the host was looked at after its steps, too, and that is newer still.
  if (!AS_BEFORE[entry.result] || entry.result === 'already') return {...entry, postureBefore};
  return {...seenAfter(entry, before), postureBefore};
}

/** What the verification's evidence came to. */
export const seenAfter = (entry: AppliedHost, after: Judgement): AppliedHost => ({
  ...entry,
  postureAfter: after.posture,
  standing: after.standing,
  byHand: after.byHand,
});

/**
 * An undo that changed something, or found it done, took the step back; one that failed did not.
 */
const afterUndo = (outcome: Outcome): Outcome =>
  outcome === 'changed' || outcome === 'already' || outcome === 'rolled-back'
    ? 'rolled-back'
    : outcome;

/** True when every step the host carried out found its target there already. */
export const nothingChanged = (record: HostRecord): boolean =>
  record.steps.every((step) => step.outcome === 'already');

/** The first thing on the host that went wrong, for people; '' when the record names none. */
export function whatFailed(record: HostRecord): string {
  const steps = [...record.steps, ...record.undone];
  const failed = steps.find(({outcome}) => outcome === 'failed' || outcome === 'refused');
  const lost = steps.find(({outcome}) => outcome === 'lost');
  if (failed !== undefined) return `${failed.kind}: ${failed.detail}`;
  return lost === undefined ? '' : `${lost.kind} was begun and not finished`;
}
