import type {Policy} from '../model/policy.js';
import type {InputFile} from '../model/inventory-input.js';
import {didYouMean} from '../text/near-misses.js';

import {checkShape} from './check-shape.js';
import {checkText} from './check-text.js';
import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import {fileShape} from './file-shape.js';
import type {PolicyBlocks} from './policy-blocks.js';
import {policyShape} from './policy-shape.js';
import {readYamlTree} from './read-yaml-tree.js';
import {child, entriesOf} from './tree.js';

/** Policies that lie over those of the inventory. */
export interface PolicyLayer {
  readonly policy: Policy;
  /** By group; lies over `policy` for its hosts. */
  readonly groups: ReadonlyMap<string, Policy>;
}

/**
 * Reads a policy file: a policy's keys alone, or a zbufctl.yaml of which only the policies are
 * taken.
 * @param known the groups of the inventory; policies of others are told, except in a file nobody
 *   named (`isFallback`)
 */
export function readPolicyFile(
  file: InputFile,
  known: ReadonlySet<string>,
  isFallback: boolean,
  blocks: PolicyBlocks,
  book: ComplaintBook,
): PolicyLayer | undefined {
  if (!checkText(file, book)) return undefined;
  const tree = readYamlTree(file.path, file.text, book);
  if (tree === undefined) return undefined;
  const isWhole = entriesOf(tree).some(({key}) => Object.hasOwn(fileShape.keys, key));
  checkShape(tree, isWhole ? fileShape : policyShape, '', file.path, book);
  if (!isWhole) return {policy: blocks.take(file.path, tree), groups: new Map()};

  const groups = new Map<string, Policy>();
  for (const {key, line, value} of entriesOf(child(tree, 'groups'))) {
    const policy = blocks.take(file.path, child(value, 'policy'));
    if (Object.keys(policy).length === 0) continue;
    groups.set(key, policy);
    if (!known.has(key) && !isFallback) {
      const fix = `${didYouMean(key, known)} No host of this inventory is in it.`.trim();
      book.warn(
        {file: file.path, line},
        `the policy of the group ${quoted(key)} applies to nothing`,
        fix,
      );
    }
  }
  const policy = blocks.take(file.path, child(tree, 'policy'));
  if (Object.keys(policy).length === 0 && groups.size === 0 && !isFallback)
    book.complain(
      {file: file.path, line: 0},
      'has no policy in it',
      'Write e.g. policy: {zerocopy: off}.',
    );
  return {policy, groups};
}
