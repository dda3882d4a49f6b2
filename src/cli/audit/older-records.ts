import type {StoredRuns} from '../../app/ports.js';
import {OperatorError} from '../../model/operator-error.js';
import {listComplaints} from '../../text/list-complaints.js';
import {fileNameFor} from '../../text/file-name.js';
import {kindOfRun} from '../../text/run-id.js';

/** The newest audit in which a host said something. */
interface LastHeard {
  readonly run: string;
  readonly startedAt: string;
}

/** A record from before what the store has of its host. */
export interface Older {
  readonly host: string;
  readonly collectedAt: string;
  readonly last: LastHeard;
}

/** When each of these hosts was last heard; a host that never was is not in the result. */
export async function lastHeard(
  hosts: readonly string[],
  store: StoredRuns,
): Promise<ReadonlyMap<string, LastHeard>> {
  const open = new Map(hosts.map((host) => [`${fileNameFor(host)}.json`, host]));
  const heard = new Map<string, LastHeard>();
  for (const listed of await store.list()) {
    if (open.size === 0) break;
    if (listed.state !== 'finished' || kindOfRun(listed.run) !== 'audit') continue;
    const {run, startedAt} = listed.summary;
    const answered = await store.evidenceFiles(run);
    for (const [file, host] of open) {
      if (!answered.has(file)) continue;
      heard.set(host, {run, startedAt});
      open.delete(file);
    }
  }
  return heard;
}

/** The newest run counts: stored now, an older record would take the place of what is newer. */
export function olderThanStored(older: readonly Older[]): OperatorError {
  const complaints = older.map(({host, collectedAt, last}) => ({
    file: host,
    line: 0,
    message: `its record is of ${collectedAt}, and run ${last.run} asked it later (${last.startedAt})`,
    fix: '',
  }));
  return new OperatorError(
    listComplaints(complaints),
    'Nothing was stored. Leave these records out; zbufctl audit --from judges them without storing.',
    5,
  );
}
