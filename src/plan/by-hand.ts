import type {Finding} from '../model/finding.js';
import type {ByHand, GateReason, PlannedStep} from '../model/plan.js';
import {MAKES_POSTURE} from '../rules/posture.js';

import type {LeftOver} from './zerocopy-restarts.js';

/** Something a person has to do: why, and the to-do itself. */
export interface ToDo {
  readonly reason: GateReason;
  readonly toDo: ByHand;
}

/** Rules whose failure is one process: a step answers it only for the service it ends. */
const OF_A_PROCESS: readonly string[] = ['ZBUF-001', 'ZBUF-013'];

/**
 * What no step of the plan answers, though the host is not compliant for it: captures that rc does
 * not start, and every other failure that makes a posture. With it, a plan without steps and
 * without a to-do is the plan of a compliant host.
 */
export function leftToPeople(
  findings: readonly Finding[],
  steps: readonly PlannedStep[],
  leftOver: readonly LeftOver[],
): readonly ToDo[] {
  const pids = new Set(leftOver.map(({pid}) => pid));
  const open = findings.filter(
    (f) =>
      f.verdict === 'fail' &&
      f.waived === undefined &&
      MAKES_POSTURE.has(f.rule) &&
      !(OF_A_PROCESS.includes(f.rule) && f.pid !== undefined && pids.has(f.pid)) &&
      !steps.some((step) => answers(step, f)),
  );
  return [
    ...leftOver.map(({why, toDo, command}) => made(`${why}.`, toDo, command)),
    ...open.map(({summary, fix}) => made(summary, fix)),
  ];
}

/** What keeps a host from being changed, or seen whole, is a person's to clear away. */
export const clearedByHand = (reasons: readonly GateReason[]): readonly ByHand[] =>
  reasons
    .filter(({kind}) => kind === 'refusal' || kind === 'gap')
    .map(({text, remedy = ''}) => ({text: `${text.replace(/\.$/, '')}. ${remedy}`.trim()}));

const made = (why: string, toDo: string, command?: string): ToDo => ({
  reason: {kind: 'by-hand', text: why, ...(toDo === '' ? {} : {remedy: toDo})},
  toDo: {text: `${why} ${toDo}`.trim(), ...(command === undefined ? {} : {command})},
});

const answers = (step: PlannedStep, {rule}: Finding): boolean => step.why.includes(rule);
