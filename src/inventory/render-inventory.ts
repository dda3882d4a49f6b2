import type {Become} from '../model/host.js';
import type {ZerocopyWish} from '../model/policy.js';
import {BECOME} from '../model/host.js';
import {listWords} from '../text/list-words.js';

import {readTypedHost} from './split-host-names.js';
import type {TypedHost} from './split-host-names.js';

/** What `zbufctl init` asks. */
export interface InventoryAnswers {
  /** Names or ranges in order, as typed: `[user@]host[:port]`. */
  readonly hosts: readonly string[];
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
}

/**
 * A zbufctl.yaml with comments that say what each part is for. Reading it gives back the answers.
 */
export function renderInventory(answers: InventoryAnswers): string {
  const {group} = answers;
  const hosts = answers.hosts.map((host) => `- ${entry(host)}`);
  const grouped =
    group === undefined
      ? ['hosts:', ...indented(hosts, 1)]
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
    '',
  ].join('\n');
}

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
