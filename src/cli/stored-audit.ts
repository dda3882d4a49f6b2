import type {RunStore} from '../io/run-store.js';
import type {AuditRun} from '../model/audit-run.js';
import type {Host, Inventory} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';

export interface Audited {
  readonly run: AuditRun;
  /** The hosts of the run, as the inventory has them now. */
  readonly hosts: readonly Host[];
}

/** A stored audit for a plan to rest on: of the hosts named, or of all. Throws OperatorError. */
export async function storedAudit(
  word: string,
  names: readonly string[],
  inventory: Inventory,
  store: RunStore,
): Promise<Audited> {
  const id = await store.resolve(word, 'audit');
  const {document} = await store.load(id, 'zbufctl.audit/1');
  const strangers = names.filter((name) => !document.hosts.some(({host}) => host === name));
  if (strangers.length > 0)
    throw new OperatorError(
      `run ${id} has no host ${strangers.join(', ')}`,
      `zbufctl runs show ${id} lists them.`,
    );
  const meant = document.hosts.filter(({host}) => names.length === 0 || names.includes(host));
  const hosts = meant.map(({host, address, groups}): Host => {
    const known = inventory.hosts.find(({name}) => name === host);
    const none = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;
    return (
      known ?? {...none, ...inventory.defaults, name: host, address, groups, origin: {file: '', line: 0}}
    );
  });
  return {run: {...document, hosts: meant}, hosts};
}
