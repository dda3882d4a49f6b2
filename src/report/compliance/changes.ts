import type {ApplyRun} from '../../model/apply-run.js';
import type {Plan} from '../../model/plan.js';
import type {Report, ReportedChange, ReportedStep} from '../../model/report.js';
import type {Step, StepOutcome} from '../../model/step.js';
import {unreachable} from '../../model/unreachable.js';
import {describeStep, setting, VERB} from '../../text/describe-step.js';
import {plural} from '../terminal/page.js';

/**
 * How changes of stored apply and rollback runs come into a report, with what each step was from
 * and to.
 */

/**
 * @param plan the plan the run carried out (of a rollback: that it undid); absent: it cannot be
 * read
 */
export function changesOf(
  run: ApplyRun,
  kind: ReportedChange['kind'],
  plan?: Plan,
): readonly ReportedChange[] {
  const planned = new Map(plan?.hosts.map(({host, steps}) => [host, steps]));
  const unfinished = run.finishedAt === undefined;
  return run.hosts.map(({host, result, reason, steps}) => {
    const why =
      unfinished && result === 'lost'
        ? [UNFINISHED, reason].filter((s) => s !== undefined).join('. ')
        : reason;
    return {
      run: run.run,
      kind,
      at: run.startedAt,
      by: run.operator,
      plan: run.plan,
      host,
      result,
      ...(unfinished ? {unfinished: true} : {}),
      ...(why === undefined ? {} : {reason: why}),
      steps: steps.map((step, i) => reportedStep(step, planned.get(host)?.[i], kind)),
    };
  });
}

const UNFINISHED =
  'the run never finished (zbufctl was ended): the host may be changed, or may have undone the change itself';

function reportedStep(
  {kind, outcome, detail}: StepOutcome,
  step: Step | undefined,
  by: ReportedChange['kind'],
): ReportedStep {
  if (step?.kind !== kind) return {kind, outcome, text: detail === '' ? kind : detail};
  const {text, from, to} = wordsOf(step, outcome, by === 'rollback');
  return {
    kind,
    outcome,
    text,
    ...(from === undefined ? {} : {from}),
    ...(to === undefined ? {} : {to}),
  };
}

interface Words {
  readonly text: string;
  readonly from?: string;
  readonly to?: string;
}

/** A rollback goes the other way. */
function wordsOf(step: Step, outcome: StepOutcome['outcome'], back: boolean): Words {
  const change = (what: string, from: string, to: string): Words => {
    const [a, b] = back ? [to, from] : [from, to];
    return {text: `${what} ${a} -> ${b}`, from: a, to: b};
  };
  switch (step.kind) {
    case 'set-running':
      return change('running value', String(step.from), String(step.to));
    case 'write-boot':
      return change(`${step.file}: boot value`, String(step.bootFrom), String(step.bootTo));
    case 'set-rc':
      return change(`${step.file}: ${step.variable}`, setting(step.from), setting(step.to));
    case 'install-mode':
    case 'map-mode':
      return {text: back ? `undone: ${describeStep(step)}` : describeStep(step)};
    case 'restart-service':
    case 'start-service':
    case 'stop-service':
      return {text: `${VERB[step.kind]} ${step.service}`};
    case 'verify': {
      const what = {
        running: `runs with ${step.expected}`,
        boot: `boots with ${step.expected}`,
        captures: `${step.expected} captures`,
        mode: `${step.expected}`,
        preload: `${step.expected}, by LD_PRELOAD`,
      }[step.what];
      return {text: `${outcome === 'already' && !back ? 'verified' : 'not verified'}: ${what}`};
    }
    default:
      return unreachable(step);
  }
}

/** A step in one line. What a verification came to is in its words already. */
export const stepText = ({kind, text, outcome, from, to}: ReportedStep): string =>
  kind === 'verify' && text !== undefined && (outcome === 'already' || outcome === 'not-started')
    ? text
    : `${text ?? untold(kind, from, to)}: ${outcome}`;

const untold = (kind: string, from: string | undefined, to: string | undefined): string =>
  to === undefined ? kind : `${kind} ${from ?? 'not known'} -> ${to}`;

/** Changes worth a row, and the others in a sentence: hosts on which there was nothing to do. */
export function shownChanges({changes}: Report): {
  readonly rows: readonly ReportedChange[];
  readonly rest: string;
} {
  const idle = (change: ReportedChange): boolean =>
    change.result === 'already' && change.unfinished !== true;
  const rows = changes.filter((change) => !idle(change));
  const count = changes.length - rows.length;
  return {rows, rest: count === 0 ? '' : `Nothing was to do on ${plural(count, 'more host')}.`};
}
