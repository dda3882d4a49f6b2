import {didYouMean} from '../text/near-misses.js';

import {readAnsibleVars} from './ansible-vars.js';
import type {AnsibleVariable} from './ansible-vars.js';
import {describe} from './check-shape.js';
import type {ComplaintBook, Place} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft} from './draft.js';
import {ansibleGroupDefect} from './file-shape.js';
import {readHostEntry} from './read-host-entry.js';
import type {PathBase} from './resolve-path.js';
import type {Entry, Tree} from './tree.js';
import {child, entriesOf} from './tree.js';

const KEYS = ['hosts', 'vars', 'children'];

/** Reads an Ansible inventory in YAML form into the draft. */
export function readAnsibleYaml(
  tree: Tree,
  base: PathBase,
  draft: Draft,
  book: ComplaintBook,
): void {
  const reader = new AnsibleYamlReader(base, draft, book);
  for (const entry of entriesOf(tree)) reader.group(entry);
}

class AnsibleYamlReader {
  constructor(
    private readonly base: PathBase,
    private readonly draft: Draft,
    private readonly book: ComplaintBook,
  ) {}

  group({key: name, line, value}: Entry): void {
    const defect = ansibleGroupDefect(name);
    if (defect !== undefined) {
      this.book.complain(this.at(line), `the group ${quoted(name)} ${defect.message}`, defect.fix);
      return;
    }
    if (!this.isMapping(value, `the group ${quoted(name)}`)) return;
    for (const {key, line: keyLine} of entriesOf(value)) {
      if (KEYS.includes(key)) continue;
      const fix = `${didYouMean(key, KEYS)} A group has ${KEYS.join(', ')}.`.trim();
      this.book.complain(
        this.at(keyLine),
        `unknown key ${quoted(key)} in the group ${quoted(name)}`,
        fix,
      );
    }
    const {address, ...vars} = this.vars(child(value, 'vars'), `the vars of ${quoted(name)}`);
    if (address !== undefined)
      this.book.complain(
        this.at(line),
        'ansible_host for a whole group',
        'Write it below the one host it belongs to.',
      );
    const group = this.draft.define(name, this.at(line), {vars});
    this.hosts(child(value, 'hosts'), name);

    const children = child(value, 'children');
    if (children === undefined || !this.isMapping(children, `the children of ${quoted(name)}`))
      return;
    for (const entry of entriesOf(children)) {
      if (ansibleGroupDefect(entry.key) === undefined)
        group.children.push({name: entry.key, at: this.at(entry.line)});
      this.group(entry);
    }
  }

  private hosts(tree: Tree | undefined, group: string): void {
    if (tree === undefined) return;
    if (tree.kind === 'scalar' && typeof tree.value === 'string') {
      this.host(tree.value, tree.line, undefined, group);
      return;
    }
    const what = `hosts of the group ${quoted(group)}`;
    if (
      !this.isMapping(
        tree,
        what,
        'Write a colon behind each host; or, for a zbufctl.yaml, put the groups below groups:.',
      )
    )
      return;
    for (const {key, line, value} of entriesOf(tree)) this.host(key, line, value, group);
  }

  private host(pattern: string, line: number, value: Tree | undefined, group: string): void {
    const at = this.at(line);
    const entry = readHostEntry(pattern, ':', at, this.book);
    const vars = this.vars(value, `the host ${quoted(pattern)}`);
    if (entry === undefined) return;
    if (vars.address !== undefined && entry.names.count > 1)
      this.book.complain(
        at,
        `${entry.names.count} hosts share one ansible_host`,
        'List them one by one.',
      );
    const {port} = entry;
    const own = {...(port === undefined ? {} : {port}), ...vars};
    this.draft.add(entry.names, {group, vars: own, policy: {}, at}, this.book);
  }

  private vars(tree: Tree | undefined, what: string): ReturnType<typeof readAnsibleVars> {
    if (tree === undefined || !this.isMapping(tree, what)) return {};
    const variables = entriesOf(tree).map(({key, line, value}): AnsibleVariable => ({
      key,
      line,
      value: valueOf(value),
    }));
    return readAnsibleVars(variables, this.base, this.book);
  }

  /** True for a mapping and, in Ansible's manner, for nothing at all. */
  private isMapping(
    tree: Tree,
    what: string,
    fix = 'Write key: value pairs below it, or nothing.',
  ): boolean {
    if (tree.kind === 'map' || (tree.kind === 'scalar' && tree.value === null)) return true;
    this.book.complain(this.at(tree.line), `${what} is ${describe(tree)}, not a mapping`, fix);
    return false;
  }

  private at(line: number): Place {
    return {file: this.base.file, line};
  }
}

function valueOf(tree: Tree): AnsibleVariable['value'] {
  if (tree.kind === 'scalar') {
    if (tree.tag === '!vault' || String(tree.value).startsWith('$ANSIBLE_VAULT'))
      return {kind: 'vault'};
    return {kind: 'text', text: tree.value === null ? '' : String(tree.value)};
  }
  return child(tree, '__ansible_vault') === undefined ? {kind: 'structure'} : {kind: 'vault'};
}
