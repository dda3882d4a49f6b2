import type {Policy} from '../model/policy.js';
import type {CheckPolicy} from '../model/inventory-input.js';

import type {ComplaintBook} from './complaint-book.js';
import type {Entry, Tree} from './tree.js';
import {toPlain} from './tree.js';

/**
 * The policies as the files have them, before the closest wins: here each value has its line. What
 * is wrong with one is told from here, together with everything else that is wrong with the files.
 */
export class PolicyBlocks {
  private readonly blocks: {readonly file: string; readonly tree: Tree; readonly policy: Policy}[] =
    [];

  /** Takes a policy down and returns it as plain data; nothing gives an empty one. */
  take(file: string, tree: Tree | undefined): Policy {
    if (tree?.kind !== 'map') return {};
    const policy = toPlain(tree) as Policy;
    this.blocks.push({file, tree, policy});
    return policy;
  }

  check(checkPolicy: CheckPolicy, book: ComplaintBook): void {
    const described = this.blocks.flatMap(({policy}) =>
      Array.isArray(policy.services) ? (policy.services as readonly unknown[]) : [],
    );
    const mistakesOf = checkPolicy(described);
    // What the shape complained about already is not said in other words.
    const isSaid = book.linesSoFar();
    for (const {file, tree, policy} of this.blocks) {
      for (const {path, message, fix} of mistakesOf({...policy})) {
        const line = lineAt(tree, path);
        if (!isSaid(file, line)) book.complain({file, line}, `${nameOf(path)}: ${message}`, fix);
      }
    }
  }
}

/** As the shape's complaints name a value: policy.waivers[1].rule, counted from 1. */
const nameOf = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (name, step) => name + (typeof step === 'number' ? `[${step + 1}]` : `.${step}`),
    'policy',
  );

/** The line of a value, or of the last thing on the way to it that is there. */
function lineAt(tree: Tree, path: readonly (string | number)[]): number {
  let {line} = tree;
  let here: Tree | undefined = tree;
  for (const step of path) {
    if (here?.kind === 'map') {
      const entry: Entry | undefined = here.entries.find(({key}) => key === step);
      if (entry === undefined) return line;
      ({line} = entry);
      here = entry.value;
    } else if (here?.kind === 'list' && typeof step === 'number') {
      here = here.items[step];
      line = here?.line ?? line;
    } else return line;
  }
  return line;
}
