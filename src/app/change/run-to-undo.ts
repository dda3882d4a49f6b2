import type {ApplyRun, HostResult} from '../../model/apply-run.js';
import {OperatorError} from '../../model/operator-error.js';
import {kindOfRun} from '../../text/run-id.js';
import type {StoredRuns} from '../ports.js';

/** Results after which there is, or may be, something of the run on the host. */
const UNDOABLE: readonly HostResult[] = ['changed', 'lost', 'failed'];

/** The newest apply run that changed a host, or may have. */
export async function latestChange(
  store: Pick<StoredRuns, 'list' | 'load' | 'hasDocument'>,
): Promise<string> {
  for (const listed of await store.list()) {
    if (listed.state === 'unreadable' || kindOfRun(listed.run) !== 'apply') continue;
    if (!(await store.hasDocument(listed.run))) continue;
    const {document} = await store.load(listed.run, 'zbufctl.apply/1');
    if (document.hosts.some(({result}) => UNDOABLE.includes(result))) return listed.run;
  }
  throw new OperatorError('no stored apply changed anything', 'zbufctl runs lists what is stored.');
}

/**
 * The hosts of a run that it changed, or may have; of those named. Throws OperatorError when there
 * are none.
 */
export function hostsToUndo(document: ApplyRun, names: readonly string[]): readonly string[] {
  const unknownNames = names.filter((name) => !document.hosts.some(({host}) => host === name));
  if (unknownNames.length > 0)
    throw new OperatorError(
      `run ${document.run} has no host ${unknownNames.join(', ')}`,
      `zbufctl runs show ${document.run} lists them.`,
    );
  const meant = document.hosts.filter(
    ({host, result}) => UNDOABLE.includes(result) && (names.length === 0 || names.includes(host)),
  );
  if (meant.length === 0)
    throw new OperatorError(
      `run ${document.run} changed none of these hosts`,
      'There is nothing to undo.',
    );
  return meant.map(({host}) => host);
}
