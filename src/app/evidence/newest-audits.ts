import type {AuditRun} from '../../model/audit-run.js';
import type {LaterTry} from '../../model/report.js';
import type {AuditIndex} from '../../report/findings/newest-evidence.js';
import {auditsToRead, newestEntries, wholeAudits} from '../../report/findings/newest-evidence.js';
import {groupBy} from '../../text/group-by.js';
import {kindOfRun} from '../../text/run-id.js';
import type {StoredRuns} from '../ports.js';

/** The newest word on every host in scope, from as many audits as it takes. */
export interface NewestAudits {
  /** Oldest first; each with only the hosts it is the newest word on. */
  readonly audits: readonly AuditRun[];
  /** Tries after the evidence that is shown, by host. */
  readonly laterTries: ReadonlyMap<string, LaterTry>;
  /** No audit was ever finished: this interrupted one is all there is. */
  readonly onlyInterrupted?: string;
  /** Audits that are no word on a whole fleet, or of which only some hosts count. */
  readonly partial: ReadonlySet<string>;
}

/**
 * Reads the newest evidence of every host in scope. An interrupted run counts only when there is no
 * other: it must not push the fleet's away. Reads no more runs than it needs (see auditsToRead).
 * @param scope names of hosts; absent: those of the newest audit of a whole inventory, and where
 *   there is none, all that were ever audited
 * @throws OperatorError when no audit is stored, or one that counts was changed
 */
export async function newestAudits(
  store: StoredRuns,
  scope: readonly string[] | undefined,
): Promise<NewestAudits> {
  const index = await auditIndex(store);
  const usable = index.filter(({interrupted}) => !interrupted);
  if (usable.length === 0) return onlyInterrupted(store, scope);

  const loaded = new Map<string, AuditRun>();
  const load = async (run: string): Promise<AuditRun> => {
    const known = loaded.get(run) ?? (await store.load(run, 'zbufctl.audit/1')).document;
    loaded.set(run, known);
    return known;
  };
  const hosts = scope ?? (await hostsEverMeant(usable, load));
  const read: AuditRun[] = [];
  for (const run of auditsToRead(usable, hosts)) read.push(await load(run));
  const entries = [...newestEntries(read, hosts).values()];
  const picked = [...groupBy(entries, ({audit}) => audit.run).values()].flatMap((group) => {
    const audit = group[0]?.audit;
    return audit === undefined ? [] : [{...audit, hosts: group.map(({host}) => host)}];
  });
  const whole = new Set(wholeAudits(usable).map(({run}) => run));
  return {
    audits: picked.sort((a, b) => (a.run < b.run ? -1 : 1)),
    laterTries: new Map(
      entries.flatMap(({host, laterTry}) =>
        laterTry === undefined ? [] : [[host.host, laterTry]],
      ),
    ),
    partial: new Set(
      picked
        .filter(
          ({run, hosts: some}) =>
            !whole.has(run) || some.length < (loaded.get(run)?.hosts.length ?? 0),
        )
        .map(({run}) => run),
    ),
  };
}

/** Every finished audit, oldest first, with what can be known of it without reading it. */
export async function auditIndex(store: StoredRuns): Promise<readonly AuditIndex[]> {
  const index: AuditIndex[] = [];
  for (const listed of await store.list()) {
    if (listed.state !== 'finished' || kindOfRun(listed.run) !== 'audit') continue;
    const {run, interrupted, asked, hosts} = listed.summary;
    const answered = await store.evidenceFiles(run);
    index.push({run, interrupted, hosts, answered, ...(asked === undefined ? {} : {asked})});
  }
  return index.reverse();
}

async function hostsEverMeant(
  usable: readonly AuditIndex[],
  load: (run: string) => Promise<AuditRun>,
): Promise<readonly string[]> {
  const fleet = wholeAudits(usable).at(-1);
  const runs = fleet === undefined ? usable : [fleet];
  const names = new Set<string>();
  for (const {run} of runs) for (const {host} of (await load(run)).hosts) names.add(host);
  return [...names];
}

/** The newest audit whatever its state; throws when there is none. */
async function onlyInterrupted(
  store: StoredRuns,
  scope: readonly string[] | undefined,
): Promise<NewestAudits> {
  const run = await store.resolve('latest', 'audit');
  const {document} = await store.load(run, 'zbufctl.audit/1');
  const hosts = document.hosts.filter(({host}) => scope === undefined || scope.includes(host));
  return {
    audits: hosts.length === 0 ? [] : [{...document, hosts}],
    laterTries: new Map(),
    onlyInterrupted: run,
    partial: new Set(),
  };
}
