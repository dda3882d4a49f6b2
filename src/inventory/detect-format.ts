import {posix} from 'node:path';

import type {InputFile} from '../model/inventory-input.js';

import {quoted} from './complaint-book.js';
import type {Tree} from './tree.js';
import {entriesOf} from './tree.js';

export type TextFormat = 'yaml' | 'ansible-ini' | 'host-list';
export type YamlFormat = 'zbufctl' | 'ansible-yaml';

/** How a file is read, and what made us think so (empty: its name left no doubt). */
export interface Detected<F> {
  readonly kind: 'format';
  readonly format: F;
  readonly because: string;
}

/** Something we know by name, and do not read. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

const unsupported = (message: string, fix: string, line = 1): Unsupported => ({
  kind: 'unsupported',
  line,
  message,
  fix,
});
const detected = <F>(format: F, because = ''): Detected<F> => ({kind: 'format', format, because});

const ASK_ANSIBLE =
  'Let Ansible write it out: ansible-inventory -i FILE --list --yaml > hosts.yaml, and give that file.';

/** What kind of text this is: the name decides where it can, else the first lines do. */
export function detectTextFormat({path, text}: InputFile): Detected<TextFormat> | Unsupported {
  const extension = posix.extname(path).toLowerCase();
  if (/^\uFEFF?#!/.test(text) || /^\.(?:py|sh|pl|rb)$/.test(extension))
    return unsupported(
      'is a script (a dynamic inventory); zbufctl runs no programs to find hosts',
      ASK_ANSIBLE,
    );
  if (/^\uFEFF?\$ANSIBLE_VAULT/.test(text))
    return unsupported(
      'is encrypted with ansible-vault',
      'Keep hosts in a file of their own, without secrets.',
    );
  if (extension === '.toml') return unsupported('is a TOML file', ASK_ANSIBLE);
  if (/^\.(?:ya?ml|json)$/.test(extension)) return detected('yaml');
  if (/^\.(?:ini|cfg)$/.test(extension)) return detected('ansible-ini');
  return detectByLines(text);
}

function detectByLines(text: string): Detected<TextFormat> | Unsupported {
  const lines = text
    .split('\n')
    .map((line, i) => ({line: line.replace(/^\uFEFF/, '').trim(), number: i + 1}))
    .filter(({line}) => line !== '' && !/^[#;]/.test(line));
  const first = lines[0];
  if (first === undefined) return detected('host-list', 'it is empty');
  if (/^(?:Host|Match|Include)\s+\S/i.test(first.line) && lines.length > 1)
    return unsupported(
      'looks like an ssh_config',
      'Run zbufctl init: it makes an inventory from ~/.ssh/config.',
      first.number,
    );
  if (/^(?:---|%YAML\b|\{)|^["']?[\w.-]+["']?:(?:\s|$)|^- /.test(first.line))
    return detected('yaml', `line ${first.number} is YAML`);
  const section = lines.find(({line}) => /^\[[^\]:]+(?::\w+)?\]\s*(?:#.*)?$/.test(line));
  if (section !== undefined)
    return detected('ansible-ini', `line ${section.number} is a [section]`);
  const assignment = lines.find(({line}) => /^\S+\s+\w+\s*=/.test(line));
  if (assignment !== undefined)
    return detected('ansible-ini', `line ${assignment.number} assigns a variable`);
  return detected('host-list', 'it has neither sections, nor variables, nor YAML keys');
}

const OURS = ['groups', 'policy', 'hosts', 'vars'];

/** Whose YAML it is. Ansible's has group names at the top, zbufctl's a fixed set of keys. */
export function detectYamlFormat(path: string, tree: Tree): Detected<YamlFormat> | Unsupported {
  if (tree.kind !== 'map') {
    const what = tree.kind === 'list' ? 'a list' : 'plain text';
    return unsupported(
      `is ${what} at its top level, not a mapping`,
      'Write hosts: and the list below it.',
      tree.line,
    );
  }
  const find = (key: string) => tree.entries.find((entry) => entry.key === key);
  const plugin = find('plugin');
  // Such a file may have `groups` too, of its own kind. Nothing else has a plugin.
  if (plugin !== undefined)
    return unsupported(
      `is the configuration of an Ansible inventory plugin${pluginOf(plugin.value)}`,
      ASK_ANSIBLE,
      plugin.line,
    );
  const meta = find('_meta');
  if (meta !== undefined)
    return unsupported(
      'is the output of a dynamic inventory script (_meta)',
      ASK_ANSIBLE,
      meta.line,
    );

  if (/^zbufctl\.ya?ml$/.test(posix.basename(path))) return detected('zbufctl');
  const ours = tree.entries.find(({key}) => OURS.includes(key));
  const all = find('all');
  if (ours !== undefined && all !== undefined)
    return unsupported(
      `has both ${ours.key} (line ${ours.line}, a key of zbufctl.yaml) and all (line ${all.line}, a group of Ansible's)`,
      'Keep one form: rename the file to zbufctl.yaml, or move the groups below all.',
      ours.line,
    );
  if (ours !== undefined)
    return detected('zbufctl', `it has the key ${ours.key} (line ${ours.line})`);
  if (all !== undefined) return detected('ansible-yaml');
  const group = tree.entries.find(({value}) => isAnsibleGroup(value));
  if (group !== undefined)
    return detected('ansible-yaml', `line ${group.line} is a group as Ansible writes it`);
  return detected('zbufctl', 'no key in it is a group as Ansible writes it');
}

const pluginOf = (tree: Tree): string =>
  tree.kind === 'scalar' ? ` (plugin: ${quoted(String(tree.value))})` : '';

const isAnsibleGroup = (tree: Tree): boolean =>
  entriesOf(tree).some(({key}) => ['hosts', 'children', 'vars'].includes(key));
