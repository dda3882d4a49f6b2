import type {PlannedHost, PlannedStep} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {describeStep} from '../text/describe-step.js';

import type {PlanHostInput} from './plan-input.js';
import {capturesOf} from './seen-captures.js';

type Steps = Pick<PlannedHost, 'steps'>;

/**
 * Where the steps of a plan are not those of the plan made again: kind, from, to, inverse and
 * order, but not why. None: they are the same.
 * @param unsettled rc scripts and ids of services of which nobody can tell whether they need the
 *   restart
 */
export function stepDifferences(
  planned: Steps,
  again: Steps,
  unsettled: ReadonlySet<string> = new Set(),
): readonly string[] {
  const [was, is] = [compared(planned, unsettled), compared(again, unsettled)];
  const extra = was.filter(({text}) => !is.some((one) => one.text === text));
  const missing = is.filter(({text}) => !was.some((one) => one.text === text));
  const named = [
    ...extra.map(({step, number}) => {
      const twin = missing.some((one) => describeStep(one.step) === describeStep(step));
      const what = twin
        ? 'has another content or another inverse when planned now'
        : 'would not be planned now';
      return `step ${number} (${describeStep(step)}) ${what}`;
    }),
    ...missing
      .filter(({step}) => !extra.some((one) => describeStep(one.step) === describeStep(step)))
      .map(({step}) => `${describeStep(step)} would be planned now and is not in it`),
  ];
  if (named.length > 0) return named;
  const same = was.length === is.length && was.every(({text}, i) => text === is[i]?.text);
  return same ? [] : ['its steps are in another order, or there more than once'];
}

interface Compared {
  readonly step: PlannedStep;
  /** As the plan is shown: from 1. */
  readonly number: number;
  readonly text: string;
}

function compared({steps}: Steps, unsettled: ReadonlySet<string>): readonly Compared[] {
  return steps
    .map((step, i): Compared => {
      const {why: _, ...rest} = step;
      return {step, number: i + 1, text: canonicalJson(rest)};
    })
    .filter(({step}) => !isUnsettled(step, unsettled));
}

function isUnsettled(step: PlannedStep, unsettled: ReadonlySet<string>): boolean {
  if (step.kind === 'restart-service') return unsettled.has(step.service);
  return step.kind === 'verify' && step.what === 'captures' && unsettled.has(String(step.expected));
}

/**
 * The services, by rc script and id, one of whose captures could not be told to be in zero-copy
 * mode when the plan was made and can now, or the other way round: the restart of such a one comes
 * and goes between two looks at the same host. One that is stalled now needs it.
 */
export function unsettledServices(planned: PlannedHost, input: PlanHostInput): ReadonlySet<string> {
  return new Set(
    capturesOf(input).flatMap(({service, state, command, interfaceName}) => {
      const was = planned.fingerprint[`captures of ${command} on ${interfaceName}`];
      const before = was?.split(', ').includes('undecided') === true;
      // The same both times: then the planner settles it the same way both times.
      const isSettled = before === (state === 'undecided') || state === 'stalled';
      if (isSettled || service === undefined) return [];
      return [service.id, ...(service.rcScript === undefined ? [] : [service.rcScript])];
    }),
  );
}
