import {didYouMean} from '../text/near-misses.js';

import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft, DraftGroup} from './draft.js';

/** Who contains whom, and how deep. */
export interface GroupGraph {
  /**
   * Every group a member of these groups is in: themselves and their ancestors, `all` first,
   * outermost first.
   */
  groupsOf(direct: Iterable<string>): readonly string[];
}

/** Both far beyond any fleet; without them a small file could ask for more memory than there is. */
const MAX_GROUPS = 5000;
const MAX_LEVELS = 50;

/**
 * Resolves `children`. As in Ansible, the depth of a group is the longest way to it from `all`;
 * deeper groups win over shallower ones, and at the same depth the later in the alphabet. Undefined
 * children and cycles are complaints.
 */
export function groupGraph(draft: Draft, book: ComplaintBook): GroupGraph {
  const parents = new Map<string, Set<string>>();
  for (const group of draft.groups.values()) {
    for (const {name, at} of group.children) {
      if (draft.groups.get(name)?.at === undefined) {
        const defined = [...draft.groups.values()]
          .filter((g) => g.at !== undefined)
          .map((g) => g.name);
        const fix = `${didYouMean(name, defined)} Define the group, or remove it here.`.trim();
        book.complain(
          at,
          `the group ${quoted(group.name)} has the child ${quoted(name)}, which is not defined`,
          fix,
        );
        continue;
      }
      if (name === 'all') {
        book.complain(
          at,
          `the group ${quoted(group.name)} has the child "all"`,
          'all contains every group: remove it here.',
        );
        continue;
      }
      const known = parents.get(name) ?? new Set<string>();
      parents.set(name, known.add(group.name));
    }
  }

  const depths = depthsOf(draft, parents, book);
  if (complainAboutSize(draft, depths, book)) return {groupsOf: () => ['all']};
  const cache = new Map<string, readonly string[]>();
  return {
    groupsOf(direct) {
      const key = [...direct].join('\0');
      const known = cache.get(key);
      if (known !== undefined) return known;
      const found = new Set<string>(['all']);
      const todo = [...direct];
      for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
        if (found.has(name)) continue;
        found.add(name);
        todo.push(...(parents.get(name) ?? []));
      }
      const sorted = [...found].sort(
        (a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : a > b ? 1 : 0),
      );
      cache.set(key, sorted);
      return sorted;
    },
  };
}

/**
 * Depth of each group, parents before children (Kahn); what cannot be ordered is in or below a
 * cycle.
 */
function depthsOf(
  draft: Draft,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
  book: ComplaintBook,
): Map<string, number> {
  const waiting = new Map(
    [...draft.groups.keys()].map((name) => [name, parents.get(name)?.size ?? 0]),
  );
  const depths = new Map<string, number>();
  for (const name of draft.groups.keys()) depths.set(name, name === 'all' ? 0 : 1);
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    waiting.delete(name);
    const depth = depths.get(name) ?? 1;
    for (const child of new Set(draft.groups.get(name)?.children.map((c) => c.name) ?? [])) {
      const left = waiting.get(child);
      if (left === undefined || parents.get(child)?.has(name) !== true) continue;
      depths.set(child, Math.max(depths.get(child) ?? 1, depth + 1));
      waiting.set(child, left - 1);
      if (left === 1) ready.push(child);
    }
  }
  complainAboutCycles(draft, parents, new Set(waiting.keys()), book);
  return depths;
}

function complainAboutSize(
  draft: Draft,
  depths: ReadonlyMap<string, number>,
  book: ComplaintBook,
): boolean {
  const say = (group: DraftGroup | undefined, what: string): void => {
    if (group?.at !== undefined) book.complain(group.at, what, 'Use fewer groups.');
  };
  const groups = [...draft.groups.values()];
  const tooDeep = groups.find(({name}) => (depths.get(name) ?? 0) > MAX_LEVELS);
  say(tooDeep, `groups are nested deeper than ${MAX_LEVELS} levels`);
  say(groups[MAX_GROUPS], `there are more than ${MAX_GROUPS} groups`);
  return tooDeep !== undefined || groups.length > MAX_GROUPS;
}

/** @param stuck the groups in a cycle, or below one */
function complainAboutCycles(
  draft: Draft,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
  stuck: ReadonlySet<string>,
  book: ComplaintBook,
): void {
  const explained = new Set<string>();
  for (const start of stuck) {
    // From child to parent: above whatever is stuck there is a cycle.
    const path = new Set<string>();
    let name: string | undefined = start;
    while (name !== undefined && !path.has(name) && !explained.has(name)) {
      path.add(name);
      name = [...(parents.get(name) ?? [])].find((parent) => stuck.has(parent));
    }
    const walked = [...path];
    const entry = name === undefined || explained.has(name) ? -1 : walked.indexOf(name);
    for (const each of walked) explained.add(each);
    if (entry === -1) continue;
    const cycle = walked.slice(entry).reverse();
    const [first = '', second = first] = cycle;
    const group = draft.groups.get(first);
    const at = group?.children.find((child) => child.name === second)?.at ?? group?.at;
    const shown = cycle.length > 10 ? [...cycle.slice(0, 10), '...'] : cycle;
    const round = [...shown, first].map(quoted).join(' > ');
    if (at !== undefined)
      book.complain(
        at,
        `groups contain each other in a circle: ${round}`,
        'Remove one of these children.',
      );
  }
}
