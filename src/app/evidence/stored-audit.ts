import type {AuditRun} from '../../model/audit-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host, Inventory} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';

import {newestAudits} from './newest-audits.js';
import type {Note, StoredRuns} from '../ports.js';

export interface Audited {
  readonly run: AuditRun;
  /** The hosts meant, as the inventory has them now. */
  readonly hosts: readonly Host[];
  readonly evidence: () => AsyncIterable<Evidence>;
}

/**
 * A stored audit for a plan to rest on: of the hosts named, or of all. `latest` is the newest
 * evidence of every host of the inventory, whatever run it is of, and a line says which. Throws
 * OperatorError.
 */
export async function storedAudit(
  word: string,
  names: readonly string[],
  inventory: Inventory,
  edge: {readonly store: StoredRuns; readonly note: Note},
): Promise<Audited> {
  const {audits, scope} =
    word === 'latest'
      ? await newestOf(names, inventory, edge)
      : {audits: [await namedAudit(word, names, edge.store)], scope: []};
  const newest = audits.at(-1);
  if (newest === undefined)
    throw new OperatorError(
      'none of these hosts was ever audited',
      'Leave --from out to audit them now.',
    );
  const all = audits.flatMap(({hosts}) => hosts);
  const audited = new Set(all.map(({host}) => host));
  return {
    run: {...newest, hosts: all},
    hosts: [
      ...all.map((host) => asHost(host, inventory)),
      // Nobody ever asked these; a plan says so.
      ...inventory.hosts.filter(({name}) => scope.includes(name) && !audited.has(name)),
    ],
    evidence: () => evidenceOfAll(audits, edge.store),
  };
}

async function namedAudit(
  word: string,
  names: readonly string[],
  store: StoredRuns,
): Promise<AuditRun> {
  const id = await store.resolve(word, 'audit');
  const {document} = await store.load(id, 'zbufctl.audit/1');
  refuseStrangers(
    names,
    [document],
    `run ${id} has no host`,
    `zbufctl runs show ${id} lists them.`,
  );
  return {
    ...document,
    hosts: document.hosts.filter(({host}) => names.length === 0 || names.includes(host)),
  };
}

async function newestOf(
  names: readonly string[],
  inventory: Inventory,
  {store, note}: {readonly store: StoredRuns; readonly note: Note},
): Promise<{readonly audits: readonly AuditRun[]; readonly scope: readonly string[]}> {
  const fleet = inventory.hosts.map(({name}) => name);
  const scope = names.length > 0 ? names : fleet;
  const {audits, laterTries, onlyInterrupted} = await newestAudits(
    store,
    scope.length === 0 ? undefined : scope,
  );
  refuseStrangers(names, audits, 'no audit has the host', 'zbufctl audit asks it.');
  const from = audits.map(({run, hosts}) => `${run} (${hosts.length})`).join(', ');
  note(`Planned from the newest evidence of every host: ${from}.`);
  if (onlyInterrupted !== undefined) note('No audit was finished: that one was interrupted.');
  for (const [host, {at, why}] of laterTries)
    note(`${host} did not answer since (${at}, ${why}): its older evidence is used.`);
  return {audits, scope};
}

function refuseStrangers(
  names: readonly string[],
  audits: readonly AuditRun[],
  message: string,
  fix: string,
): void {
  const known = new Set(audits.flatMap(({hosts}) => hosts.map(({host}) => host)));
  const unknownNames = names.filter((name) => !known.has(name));
  if (unknownNames.length > 0)
    throw new OperatorError(`${message} ${unknownNames.join(', ')}`, fix);
}

function asHost({host, address, groups}: AuditRun['hosts'][number], inventory: Inventory): Host {
  const known = inventory.hosts.find(({name}) => name === host);
  const none = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;
  return (
    known ?? {
      ...none,
      ...inventory.defaults,
      name: host,
      address,
      groups,
      origin: {file: '', line: 0},
    }
  );
}

async function* evidenceOfAll(
  audits: readonly AuditRun[],
  store: StoredRuns,
): AsyncGenerator<Evidence> {
  for (const {run, hosts} of audits)
    yield* store.evidence(
      run,
      hosts.map(({host}) => host),
    );
}
