import type {ChangeState, HostRecord} from '../model/host-record.js';
import type {PlannedStep} from '../model/plan.js';

/** What a host was asked, and what is known without it. */
export interface Asked {
  readonly run: string;
  /** Id of the plan the run carries out. */
  readonly plan: string;
  readonly steps: readonly PlannedStep[];
  /** A step was seen to begin, or the host had a record of the run. */
  readonly begun: boolean;
  /** Somebody may have confirmed: this controller has, or an earlier one is asked after. */
  readonly mayBeConfirmed: boolean;
}

/** States in which every step has come to a good end: the host undoes at the first that has not. */
const ALL_DONE: readonly ChangeState[] = ['waiting', 'confirmed'];

/**
 * Why a host's record cannot be one of this run: it is another run's, its steps are not the plan's,
 * it says what nobody did, or it has forgotten what was seen. Undefined: nothing speaks against it.
 * Such a host is lost, since everything else it says would be believed from the same record.
 */
export function contradiction(record: HostRecord, asked: Asked): string | undefined {
  const {run, plan, state, steps, undone} = record;
  if (state === 'none') return contradictionOfNone(record, asked);
  if (run !== asked.run) return `it tells of run ${run === '' ? 'nobody' : run}`;
  if (plan !== asked.plan) return `its plan is ${plan === '' ? 'none' : plan}, not ${asked.plan}`;
  const kinds = asked.steps.flatMap(({kind}, index) =>
    kind === 'verify' ? [] : [`${index} ${kind}`],
  );
  const told = steps.map(({index, kind}) => `${index} ${kind}`);
  if (told.join() !== kinds.join()) return 'its steps are not those of the plan';
  const seen = new Set<string>();
  for (const {index, kind} of undone) {
    const name = `${index} ${kind}`;
    if (!kinds.includes(name) || seen.has(name))
      return 'it has undone steps that are not those of the plan';
    seen.add(name);
  }
  if (state === 'confirmed' && !asked.mayBeConfirmed)
    return 'it says that it was confirmed, and nobody has confirmed it';
  const open = steps.find(({outcome}) => outcome !== 'changed' && outcome !== 'already');
  if (ALL_DONE.includes(state) && open !== undefined)
    return `it is ${state}, and step ${open.index} (${open.kind}) is ${open.outcome}`;
  return undefined;
}

/** A host that knows nothing of a run names the run it was asked for, or none. */
function contradictionOfNone({run, steps, undone}: HostRecord, asked: Asked): string | undefined {
  if (run !== '' && run !== asked.run) return `it tells of run ${run}`;
  if (steps.length > 0 || undone.length > 0)
    return 'it knows nothing of the run, and tells of its steps';
  return asked.begun
    ? 'the host has lost its record: the run was begun there, and it knows nothing of it'
    : undefined;
}
