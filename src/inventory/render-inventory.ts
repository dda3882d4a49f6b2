import type {Become} from '../model/host.js';
import type {ZerocopyWish} from '../model/policy.js';
import {BECOME} from '../model/host.js';
import {listWords} from '../text/list-words.js';

import {readTypedHost} from './split-host-names.js';
import type {TypedHost} from './split-host-names.js';

/** A host another inventory describes. */
export interface InventoryEntry {
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  readonly become?: Become;
  /** Absolute paths. */
  readonly identityFiles?: readonly string[];
  readonly knownHosts?: readonly string[];
  readonly proxyJump?: readonly string[];
  /** Beside `all`. */
  readonly groups: readonly string[];
}

/** What `zbufctl init` asks. */
export interface InventoryAnswers {
  /** Names or ranges in order, as typed: `[user@]host[:port]`. */
  readonly hosts: readonly string[];
  /** Hosts of another inventory, in their groups. */
  readonly entries?: readonly InventoryEntry[];
  /** The group the hosts go into; absent: the top level. */
  readonly group?: string;
  /** Absent: what ssh_config says. */
  readonly user?: string;
  readonly port?: number;
  readonly become: Become;
  /** As written; paths relative to the file. */
  readonly identityFile?: string;
  readonly proxyJump?: string;
  readonly zerocopy: ZerocopyWish;
  /** Services no plan may restart. */
  readonly keep?: readonly string[];
  /** When changes may be made, as policy.window takes it. */
  readonly window?: string;
}

/**
 * A zbufctl.yaml with comments that say what each part is for. Reading it gives back the answers.
 */
export function renderInventory(answers: InventoryAnswers): string {
  const {group, entries = []} = answers;
  const hosts = answers.hosts.map((host) => `- ${entry(host)}`);
  const grouped =
    group === undefined
      ? listed(hosts, entries)
      : ['groups:', `  ${text(group)}:`, '    hosts:', ...indented(hosts, 3)];
  return [
    '# Inventory and policy of zbufctl. Made by `zbufctl init`; edit it as you like.',
    '# Every mistake is reported with its line: `zbufctl audit` reads this file first.',
    '',
    '# How to reach every host. What is not said here comes from ~/.ssh/config.',
    'vars:',
    ...indented(variables(answers), 1),
    '',
    '# Names, ranges (fw[01-40].example.net) or mappings ({name: fw99, address: 192.0.2.9, port: 2222}).',
    ...grouped,
    '',
    '# What net.bpf.zerocopy_enable should be: off, on, or auto (on only where it is proven safe).',
    '# A group or a host may have a policy of its own; the closest one wins.',
    'policy:',
    `  zerocopy: ${answers.zerocopy}`,
    ...(answers.keep ?? []).slice(0, 1).map(() => '  # No plan restarts or stops these services.'),
    ...((answers.keep ?? []).length === 0
      ? []
      : [`  keep: [${(answers.keep ?? []).map(text).join(', ')}]`]),
    ...(answers.window === undefined
      ? []
      : ['  # When hosts may be changed.', `  window: ${JSON.stringify(answers.window)}`]),
    '',
  ].join('\n');
}

/**
 * Hosts of no group at the top, the others in their groups. A host says how it is reached where it
 * stands first.
 */
function listed(typed: readonly string[], entries: readonly InventoryEntry[]): readonly string[] {
  const said = new Set<string>();
  const line = (one: InventoryEntry): string => {
    const known = said.has(one.name);
    said.add(one.name);
    return `- ${known ? text(one.name) : mapping(one)}`;
  };
  const top = [...typed, ...entries.filter(({groups}) => groups.length === 0).map(line)];
  const names = [...new Set(entries.flatMap(({groups}) => groups))];
  const groups = names.flatMap((name) => [
    `${text(name)}:`,
    '  hosts:',
    ...indented(entries.filter(({groups: of}) => of.includes(name)).map(line), 2),
  ]);
  return [
    ...(top.length === 0 ? [] : ['hosts:', ...indented(top, 1)]),
    ...(groups.length === 0 ? [] : ['groups:', ...indented(groups, 1)]),
  ];
}

/** Only what the other inventory says; the rest comes from ~/.ssh/config, as there. */
function mapping(one: InventoryEntry): string {
  const {name, address, port, user, become} = one;
  const members = [
    `name: ${text(name)}`,
    ...(address === undefined || address === name ? [] : [`address: ${text(address)}`]),
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...(user === undefined ? [] : [`user: ${text(user)}`]),
    ...(become === undefined ? [] : [`become: ${become}`]),
    ...list('identityFile', one.identityFiles),
    ...list('knownHosts', one.knownHosts),
    ...list('proxyJump', one.proxyJump),
  ];
  return members.length === 1 ? text(name) : `{${members.join(', ')}}`;
}

const list = (key: string, values: readonly string[] = []): readonly string[] =>
  values.length === 0 ? [] : [`${key}: [${values.map(text).join(', ')}]`];

/** A name alone, or a mapping where more was typed. */
function entry(typed: string): string {
  const read = readTypedHost(typed);
  const {name, user, port}: TypedHost = typeof read === 'string' ? {name: typed} : read;
  if (user === undefined && port === undefined) return text(name);
  const members = [
    `name: ${text(name)}`,
    ...(user === undefined ? [] : [`user: ${text(user)}`]),
    ...(port === undefined ? [] : [`port: ${port}`]),
  ];
  return `{${members.join(', ')}}`;
}

function variables({user, port, become, identityFile, proxyJump}: InventoryAnswers): string[] {
  return [
    ...(user === undefined ? [] : [`user: ${text(user)}`]),
    ...(port === undefined ? [] : [`port: ${port}`]),
    `# ${listWords(BECOME, 'or')}; the password is asked for when it is needed and kept nowhere`,
    `become: ${become}`,
    ...(identityFile === undefined ? [] : [`identityFile: ${text(identityFile)}`]),
    ...(proxyJump === undefined ? [] : [`proxyJump: ${text(proxyJump)}`]),
  ];
}

const indented = (lines: readonly string[], levels: number): string[] =>
  lines.map((line) => `${'  '.repeat(levels)}${line}`);

/**
 * Plain where YAML cannot take it for anything else, else in double quotes: a JSON string is a YAML
 * string.
 */
function text(value: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9._-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
