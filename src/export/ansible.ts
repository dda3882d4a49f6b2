import type {Host} from '../model/host.js';
import {groupBy} from '../text/group-by.js';

/** What goes into a collection besides the files it always has. */
export interface CollectionParts {
  readonly version: string;
  /** collect.sh with its arguments in front. */
  readonly collector: string;
  /** The check of the policy of all. */
  readonly check: string;
  /** The checks of hosts that have another policy. */
  readonly checks: readonly {readonly hosts: readonly string[]; readonly script: string}[];
  readonly canary: number;
  /** N or N%. */
  readonly batch: string;
  readonly maxFailures: string;
}

/** Hosts of one policy. */
export interface PolicyGroup {
  readonly first: Host;
  readonly hosts: readonly string[];
}

/** Hosts by policy, but for those that have the policy of all. */
export function policyGroups(hosts: readonly Host[], all: Host): readonly PolicyGroup[] {
  const plain = JSON.stringify(all.policy);
  return [...groupBy(hosts, ({policy}) => JSON.stringify(policy))].flatMap(([policy, list]) => {
    const [first] = list;
    return policy === plain || first === undefined
      ? []
      : [{first, hosts: list.map(({name}) => name)}];
  });
}

/**
 * The files of the collection zbufctl.freebsd, by path.
 * @param templates templates/ansible, by path below it
 */
export function ansibleCollection(
  templates: ReadonlyMap<string, string>,
  {version, collector, check, checks, canary, batch, maxFailures}: CollectionParts,
): ReadonlyMap<string, string> {
  const words: Readonly<Record<string, string>> = {
    VERSION: version,
    CANARY: String(canary),
    MAX_FAILURES: maxFailures,
    SERIAL: `[${[...(canary > 0 ? [canary] : []), size(batch)].join(', ')}]`,
  };
  const files = new Map<string, string>();
  for (const [path, text] of templates)
    files.set(
      path,
      text.replace(/\bEXPORT_([A-Z_]+)\b/g, (whole, word: string) => words[word] ?? whole),
    );
  files.set('files/collect', collector);
  files.set('files/check', check);
  const byHost: Record<string, string> = {};
  for (const [at, {hosts, script}] of checks.entries()) {
    const name = `check-${at + 1}`;
    files.set(`files/${name}`, script);
    for (const host of hosts) byHost[host] = name;
  }
  files.set('files/checks.json', `${JSON.stringify({hosts: byHost}, undefined, 2)}\n`);
  return files;
}

/** Ansible takes numbers as such, and shares as text. */
const size = (batch: string): string => (batch.endsWith('%') ? `"${batch}"` : batch);
