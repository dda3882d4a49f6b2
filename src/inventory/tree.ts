/** YAML without its syntax: plain values, each with the line it starts on. Aliases are resolved. */
export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: 'map';
  readonly line: number;
  /** Each key once, in the order of the file. */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  /** Of the key. */
  readonly line: number;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | bigint | boolean | null;
  /** As written, without quotes: tells 022 from 22. */
  readonly source: string;
  readonly quoted: boolean;
  /** A tag of its own, e.g. !vault. */
  readonly tag?: string;
}

export const emptyAt = (line: number): ScalarTree => ({
  kind: 'scalar',
  line,
  value: null,
  source: '',
  quoted: false,
});

/** The value of a key, when the tree is a mapping that has it. */
export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
}

/** Entries of a mapping; nothing for anything else. */
export const entriesOf = (tree: Tree | undefined): readonly Entry[] =>
  tree?.kind === 'map' ? tree.entries : [];

/** Items of a list, or the one value in its place; nothing for nothing. */
export const itemsOf = (tree: Tree | undefined): readonly Tree[] =>
  tree === undefined ? [] : tree.kind === 'list' ? tree.items : [tree];

/**
 * The tree as plain data, as JSON.parse would give it. Keys like __proto__ stay ordinary members.
 */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === 'scalar')
    return typeof tree.value === 'bigint' ? Number(tree.value) : tree.value;
  if (tree.kind === 'list') return tree.items.map(toPlain);
  return Object.fromEntries(tree.entries.map(({key, value}) => [key, toPlain(value)]));
}
