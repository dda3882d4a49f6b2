import type {InputFile, InventoryContext, InventoryResult} from '../model/inventory-input.js';

import {checkText} from './check-text.js';
import {ComplaintBook} from './complaint-book.js';
import type {Detected} from './detect-format.js';
import {detectTextFormat, detectYamlFormat} from './detect-format.js';
import {Draft} from './draft.js';
import {groupGraph} from './group-graph.js';
import {complainAboutJumpCircles} from './jump-circles.js';
import {readAnsibleIni} from './read-ansible-ini.js';
import {readAnsibleYaml} from './read-ansible-yaml.js';
import {readHostList} from './read-host-list.js';
import type {PolicyLayer} from './read-policy-file.js';
import {readPolicyFile} from './read-policy-file.js';
import {readZbufctlYaml} from './read-zbufctl-yaml.js';
import {resolveHosts} from './resolve-hosts.js';
import {EMPTY_FIX, readYamlTree} from './read-yaml-tree.js';

/**
 * Reads inventory files of any kind (zbufctl.yaml, Ansible INI and YAML, one host a line) into one
 * inventory. Everything that is wrong is said at once, each with its line and what to do; nothing
 * is ever thrown.
 */
export function parseInventory(
  files: readonly InputFile[],
  context: InventoryContext,
): InventoryResult {
  const book = new ComplaintBook();
  const draft = new Draft();
  for (const file of files) readFile(file, context.homeDirectory, draft, book);

  const graph = groupGraph(draft, book);
  const override = readOverride(context, draft, book);
  if (context.checkPolicy !== undefined) draft.policies.check(context.checkPolicy, book);
  const {hosts, defaults} = resolveHosts(draft, graph, override, book);
  complainAboutJumpCircles(hosts, book);
  if (hosts.length === 0 && context.mayBeEmpty !== true && !book.hasComplaints())
    book.complain({file: files[0]?.path ?? '', line: 0}, 'has no host in it', EMPTY_FIX);

  const warnings = book.warnings();
  if (book.hasComplaints()) return {ok: false, complaints: book.complaints(), warnings};
  const {retention, notifiers} = draft;
  const inventory = {
    hosts,
    files: files.map(({path}) => path),
    defaults,
    ...(retention === undefined ? {} : {retention}),
    ...(notifiers.length === 0 ? {} : {notifiers}),
  };
  return {ok: true, inventory, warnings};
}

function readFile(file: InputFile, homeDirectory: string, draft: Draft, book: ComplaintBook): void {
  const {path, text} = file;
  const base = {file: path, homeDirectory};
  if (!checkText(file, book)) return;
  if (text.trim() === '' || text === '\uFEFF') {
    book.complain({file: path, line: 0}, 'is empty', EMPTY_FIX);
    return;
  }
  const detected = detectTextFormat(file);
  if (detected.kind === 'unsupported') {
    book.complain({file: path, line: detected.line}, detected.message, detected.fix);
    return;
  }
  switch (detected.format) {
    case 'ansible-ini':
      readAnsibleIni(text, base, draft, book);
      explain(path, 'an Ansible inventory (INI)', detected, book);
      return;
    case 'host-list':
      readHostList(path, text, draft, book);
      explain(path, 'a list of hosts, one per line', detected, book);
      return;
    case 'yaml':
      readYaml(file, base, draft, book);
  }
}

function readYaml(
  {path, text}: InputFile,
  base: {readonly file: string; readonly homeDirectory: string},
  draft: Draft,
  book: ComplaintBook,
): void {
  const tree = readYamlTree(path, text, book);
  if (tree === undefined) return;
  const detected = detectYamlFormat(path, tree);
  if (detected.kind === 'unsupported') {
    book.complain({file: path, line: detected.line}, detected.message, detected.fix);
    return;
  }
  if (detected.format === 'zbufctl') readZbufctlYaml(tree, base, draft, book);
  else readAnsibleYaml(tree, base, draft, book);
  explain(
    path,
    detected.format === 'zbufctl' ? 'a zbufctl.yaml' : 'an Ansible inventory (YAML)',
    detected,
    book,
  );
}

/**
 * Complaints about a file make little sense to somebody who meant another format, so the choice is
 * told with them.
 */
function explain(
  file: string,
  what: string,
  {because}: Detected<string>,
  book: ComplaintBook,
): void {
  if (because === '' || !book.hasComplaints(file)) return;
  book.complain(
    {file, line: 0},
    `is read as ${what}, because ${because}`,
    'If it is something else, name it so: zbufctl.yaml, *.ini (Ansible), *.yaml (Ansible, with the group all).',
  );
}

/**
 * `--policy` lies over everything; the fallback counts only when the inventory has no policy at
 * all.
 */
function readOverride(
  context: InventoryContext,
  draft: Draft,
  book: ComplaintBook,
): PolicyLayer | undefined {
  const known = new Set(draft.groups.keys());
  if (context.policyFile !== undefined)
    return readPolicyFile(context.policyFile, known, false, draft.policies, book);
  const {fallbackPolicyFile: fallback} = context;
  const levels = [...draft.groups.values(), ...draft.hosts];
  if (fallback === undefined || levels.some(({policy}) => Object.keys(policy).length > 0))
    return undefined;
  book.warn(
    {file: fallback.path, line: 0},
    'the policy is taken from here',
    'Give --policy FILE to choose another.',
  );
  return readPolicyFile(fallback, known, true, draft.policies, book);
}
