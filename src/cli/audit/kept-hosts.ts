import {basename} from 'node:path';

import {baseOfRecord} from '../../inventory/record-name.js';
import {waiversOf} from '../../inventory/waiver-reader.js';
import {loadSchema} from '../../io/package/schemas.js';
import {refuseStreams, storedRecords} from '../../io/store/stored-evidence.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host, Inventory} from '../../model/host.js';
import type {Waiver} from '../../model/waiver.js';

/** Of whom stored evidence is, as hosts of the inventory. */
export interface KeptHosts {
  /** Undefined: the command line names others. */
  of(one: Pick<Evidence, 'host' | 'address'>): Host | undefined;
}

/** @param names hosts the command line names; none: all are meant */
export function keptHosts(names: readonly string[], inventory: Inventory): KeptHosts {
  const wanted = new Set(names);
  const known = new Map<string, Host>();
  for (const host of inventory.hosts) if (!known.has(host.name)) known.set(host.name, host);
  return {
    of: ({host, address}) =>
      wanted.size > 0 && !wanted.has(host)
        ? undefined
        : (known.get(host) ?? bareHost(host, address, inventory)),
  };
}

/** A host the inventory does not name: it gets what the group `all` gives. */
export function bareHost(name: string, address: string, inventory: Inventory): Host {
  return {...NOTHING_KNOWN, ...inventory.defaults, name, address};
}

/** There may be very many of them. */
const NOTHING_KNOWN = {
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  policy: {},
  groups: ['all'],
  origin: {file: '', line: 0},
} as const;

/**
 * The waivers of the hosts the evidence is of. They have to be known before the first is judged: a
 * waiver in the policy of one host may cover another. Where not all hosts have the same, the
 * evidence is read once more for it. Throws OperatorError when it cannot be read twice.
 */
export async function waiversOfKept(
  paths: readonly string[],
  kept: KeptHosts,
  inventory: Inventory,
): Promise<readonly Waiver[]> {
  const any = bareHost('any', 'any', inventory);
  const policies = new Map(
    [any, ...inventory.hosts].map((host) => [JSON.stringify(waiversOf([host])), host]),
  );
  if (policies.size === 1) return waiversOf([any]);
  await refuseStreams(paths);
  const {readEvidence} = await import('../../collect/stored-evidence.js');
  const schema = loadSchema('collect/evidence');
  const hosts: Host[] = [];
  for await (const {path, bytes} of storedRecords(paths)) {
    const about = {name: baseOfRecord(basename(path)), readAt: new Date().toISOString()};
    const result = readEvidence(bytes, about, schema);
    const host = result.ok ? kept.of(result.value) : undefined;
    if (host !== undefined) hosts.push(host);
  }
  return waiversOf(hosts);
}
