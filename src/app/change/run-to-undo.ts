import type {ApplyRun, HostResult} from '../../model/apply-run.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import {kindOfRun} from '../../text/run-id.js';
import type {StoredRuns} from '../ports.js';

import {planOfRun} from './stored-plans.js';

/** What a rollback is about; or that there is nothing, and why. */
export type UndoTask =
  | {
      readonly state: 'undo';
      readonly undoes: string;
      readonly document: ApplyRun;
      readonly plan: Plan;
      /** The hosts of the run that it changed, or may have; of those named. */
      readonly meant: readonly string[];
    }
  | {readonly state: 'nothing'; readonly undoes?: string; readonly why: OperatorError};

/** Results after which there is, or may be, something of the run on the host. */
const UNDOABLE: readonly HostResult[] = ['changed', 'lost', 'failed'];

/**
 * Finds the run to undo, its plan and its hosts. Throws OperatorError when the run has no such
 * host, or its plan cannot be used.
 * @param word id of a run, the start of one, or `latest`: the newest apply that changed one of the
 *   hosts named, or any
 */
export async function undoTask(
  word: string,
  names: readonly string[],
  store: Pick<StoredRuns, 'list' | 'load' | 'hasDocument' | 'resolve' | 'planText'>,
  planSchema: object,
): Promise<UndoTask> {
  const undoes =
    word === 'latest' ? await latestChange(store, names) : await store.resolve(word, 'apply');
  if (undoes === undefined) {
    const what = names.length === 0 ? 'anything' : names.join(', ');
    const why = new OperatorError(
      `no stored apply changed ${what}`,
      'zbufctl runs lists what is stored.',
    );
    return {state: 'nothing', why};
  }
  const {document} = await store.load(undoes, 'zbufctl.apply/1');
  const plan = await planOfRun(store, undoes, planSchema);
  const meant = hostsToUndo(document, names);
  if (meant.length > 0) return {state: 'undo', undoes, document, plan, meant};
  const why = new OperatorError(
    `run ${document.run} changed none of these hosts`,
    'There is nothing to undo.',
  );
  return {state: 'nothing', undoes, why};
}

/** The newest apply run that changed one of these hosts (none named: any), or may have. */
async function latestChange(
  store: Pick<StoredRuns, 'list' | 'load' | 'hasDocument'>,
  names: readonly string[],
): Promise<string | undefined> {
  for (const listed of await store.list()) {
    if (listed.state === 'unreadable' || kindOfRun(listed.run) !== 'apply') continue;
    if (!(await store.hasDocument(listed.run))) continue;
    const {document} = await store.load(listed.run, 'zbufctl.apply/1');
    if (undoable(document, names).length > 0) return listed.run;
  }
  return undefined;
}

function hostsToUndo(document: ApplyRun, names: readonly string[]): readonly string[] {
  const unknownNames = names.filter((name) => !document.hosts.some(({host}) => host === name));
  if (unknownNames.length > 0)
    throw new OperatorError(
      `run ${document.run} has no host ${unknownNames.join(', ')}`,
      `zbufctl runs show ${document.run} lists them.`,
    );
  return undoable(document, names);
}

const undoable = ({hosts}: ApplyRun, names: readonly string[]): readonly string[] =>
  hosts
    .filter(
      ({host, result}) => UNDOABLE.includes(result) && (names.length === 0 || names.includes(host)),
    )
    .map(({host}) => host);
