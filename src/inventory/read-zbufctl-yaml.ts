import type {Become} from '../model/host.js';

import {checkShape} from './check-shape.js';
import type {ComplaintBook, Place} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft, Vars} from './draft.js';
import {expandRange} from './expand-range.js';
import {fileShape} from './file-shape.js';
import {hostNameDefect} from './host-names.js';
import {notifiersOf} from './notify-shape.js';
import type {PathBase} from './resolve-path.js';
import {resolvePath} from './resolve-path.js';
import {retentionOf} from './retention-shape.js';
import type {Entry, Tree} from './tree.js';
import {child, entriesOf, itemsOf} from './tree.js';

/**
 * Reads a zbufctl.yaml into the draft. The shape is checked first and says everything that is
 * wrong; what follows takes only what fits, so a file with mistakes still shows the ones that come
 * later (cycles, conflicts).
 */
export function readZbufctlYaml(
  tree: Tree,
  base: PathBase,
  draft: Draft,
  book: ComplaintBook,
): void {
  checkShape(tree, fileShape, '', base.file, book);
  const at = (line: number): Place => ({file: base.file, line});

  const readVars = (found: Tree | undefined): Vars => varsOf(found, base, book);
  const readHosts = (found: Tree | undefined, group: string): void => {
    for (const item of found?.kind === 'list' ? found.items : []) {
      const record = item.kind === 'map' ? item : undefined;
      const name = textOf(record === undefined ? item : child(record, 'name'));
      if (name === undefined) continue;
      const address = textOf(child(record, 'address'));
      const vars = {...readVars(record), ...(address === undefined ? {} : {address})};
      const policy = draft.policies.take(base.file, child(record, 'policy'));
      const names = expandRange(name, '-');
      if ('message' in names || hostNameDefect(names.first) !== undefined) continue; // the shape complained
      if (address !== undefined && names.count > 1)
        book.complain(
          at(item.line),
          `${names.count} hosts share the address ${quoted(address)}`,
          'List them one by one.',
        );
      draft.add(names, {group, vars, policy, at: at(item.line)}, book);
    }
  };

  draft.define('all', at(tree.line), {
    vars: readVars(child(tree, 'vars')),
    policy: draft.policies.take(base.file, child(tree, 'policy')),
  });
  draft.retention = retentionOf(child(tree, 'retention')) ?? draft.retention;
  draft.notifiers.push(...notifiersOf(child(tree, 'notify'), base, book));
  readHosts(child(tree, 'hosts'), 'all');
  for (const {key, line, value} of entriesOf(child(tree, 'groups'))) {
    const group = draft.define(key, at(line), {
      vars: readVars(child(value, 'vars')),
      policy: draft.policies.take(base.file, child(value, 'policy')),
    });
    for (const item of itemsOf(child(value, 'children'))) {
      const name = textOf(item);
      if (name !== undefined) group.children.push({name, at: at(item.line)});
    }
    readHosts(child(value, 'hosts'), key);
  }
}

function varsOf(tree: Tree | undefined, base: PathBase, book: ComplaintBook): Vars {
  let vars: Vars = {};
  for (const entry of entriesOf(tree)) vars = {...vars, ...variableOf(entry, base, book)};
  return vars;
}

function variableOf({key, value}: Entry, base: PathBase, book: ComplaintBook): Vars {
  switch (key) {
    case 'user': {
      const user = textOf(value);
      return user === undefined ? {} : {user};
    }
    case 'port':
      return value.kind === 'scalar' && typeof value.value === 'number' ? {port: value.value} : {};
    case 'become':
      return becomeVars(textOf(value) as Become | undefined);
    case 'identityFile':
      return {identityFiles: pathsOf(key, value, base, book)};
    case 'knownHosts':
      return {knownHosts: pathsOf(key, value, base, book)};
    case 'proxyJump':
      return {proxyJump: jumpsOf(value, base.file, book)};
    case 'practice':
      return {practice: textOf(value) === 'yes'};
    default:
      return {};
  }
}

function becomeVars(become: Become | undefined): Vars {
  if (become === undefined) return {};
  return become === 'none' ? {becomeWanted: false} : {becomeWanted: true, becomeMethod: become};
}

function pathsOf(key: string, tree: Tree, base: PathBase, book: ComplaintBook): string[] {
  return itemsOf(tree).flatMap((item) => {
    const text = textOf(item);
    if (text === undefined || text.trim() === '') return [];
    const resolved = resolvePath(text, base);
    if ('path' in resolved) return [resolved.path];
    book.complain({file: base.file, line: item.line}, `${key} ${resolved.message}`, resolved.fix);
    return [];
  });
}

function jumpsOf(tree: Tree, file: string, book: ComplaintBook): string[] {
  const hops = itemsOf(tree).flatMap(
    (item) =>
      textOf(item)
        ?.split(',')
        .map((hop) => hop.trim()) ?? [],
  );
  if (!hops.includes('none')) return hops;
  if (hops.length > 1) {
    const message = "proxyJump has 'none' among other hosts";
    book.complain({file, line: tree.line}, message, 'Write either proxyJump: none or the hosts.');
  }
  return [];
}

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
