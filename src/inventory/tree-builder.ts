import type {Pair, ParsedNode, Scalar} from 'yaml';
import {isAlias, isMap, isScalar} from 'yaml';

import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Entry, ScalarTree, Tree} from './tree.js';
import {emptyAt} from './tree.js';

/** Nodes that aliases may add; `&a [*b, *b]` chains multiply. */
const MAX_ALIASED_NODES = 50_000;
/** Aliases inside what an alias refers to. */
const MAX_ALIAS_DEPTH = 16;
/** The tags of the core schema: they say what YAML would have found out by itself. */
const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/**
 * Turns the library's nodes into a Tree: resolves aliases, refuses keys that are no text or come
 * twice.
 */
export class TreeBuilder {
  private readonly anchors = new Map<string, ParsedNode>();
  private readonly inProgress = new Set<ParsedNode>();
  private aliasedNodes = 0;
  private aliasDepth = 0;

  constructor(
    private readonly file: string,
    private readonly book: ComplaintBook,
    private readonly lineOf: (offset: number) => number,
  ) {}

  build(node: ParsedNode | null, line = 1): Tree {
    if (node === null) return emptyAt(line);
    const here = this.lineOf(node.range[0]);
    if (isAlias(node)) return this.resolve(node.source, here);
    if (this.aliasDepth > 0 && ++this.aliasedNodes > MAX_ALIASED_NODES)
      return this.tooManyAliases();
    if (this.aliasDepth === 0 && node.anchor !== undefined) this.anchors.set(node.anchor, node);

    if (isScalar(node)) return this.scalar(node, here);

    if (node.tag !== undefined && !CORE_TAG.test(node.tag))
      this.complain(here, `the tag ${quoted(node.tag)} means nothing here`, 'Remove it.');
    this.inProgress.add(node);
    const tree: Tree = isMap(node)
      ? {kind: 'map', line: here, entries: this.entries(node.items)}
      : {kind: 'list', line: here, items: node.items.map((item) => this.build(item, here))};
    this.inProgress.delete(node);
    return tree;
  }

  private entries(pairs: readonly Pair[]): Entry[] {
    const entries: Entry[] = [];
    const seen = new Map<string, number>();
    for (const pair of pairs as readonly Pair<ParsedNode, ParsedNode | null>[]) {
      const line = this.lineOf(pair.key.range[0]);
      const key = this.key(pair.key, line);
      const value = this.build(pair.value, line);
      if (key === undefined) continue;
      const before = seen.get(key);
      if (before === undefined) {
        seen.set(key, line);
        entries.push({key, line, value});
        continue;
      }
      this.complain(
        line,
        `the key ${quoted(key)} stands here again; the first is on line ${before}`,
        'Keep one.',
      );
    }
    return entries;
  }

  private key(node: ParsedNode, line: number): string | undefined {
    const tree = this.build(node, line);
    if (tree.kind !== 'scalar') {
      this.complain(
        line,
        `a ${tree.kind === 'map' ? 'mapping' : 'list'} is used as a key`,
        'Keys are names.',
      );
      return undefined;
    }
    if (typeof tree.value === 'string') return tree.value;
    const what =
      tree.value === null ? 'an empty key' : `the key ${quoted(tree.source)} is not text`;
    this.complain(
      line,
      what,
      tree.value === null ? 'Write a name before the colon.' : `Quote it: "${tree.source}".`,
    );
    return undefined;
  }

  private scalar(node: Scalar, line: number): ScalarTree {
    const {value, source, type, tag} = node;
    const plain =
      value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
        ? (value as ScalarTree['value'])
        : '';
    return {
      kind: 'scalar',
      line,
      value: plain,
      source: source ?? String(plain),
      quoted: type !== 'PLAIN',
      ...(tag === undefined || CORE_TAG.test(tag) ? {} : {tag}),
    };
  }

  private resolve(name: string, line: number): Tree {
    const target = this.anchors.get(name);
    if (target === undefined) {
      this.complain(
        line,
        `*${name} refers to an anchor that does not stand above it`,
        `Write &${name} first, or quote it if it is a name.`,
      );
      return emptyAt(line);
    }
    if (this.inProgress.has(target)) {
      this.complain(line, `*${name} stands inside the value it refers to`, 'Write the value out.');
      return emptyAt(line);
    }
    if (this.aliasDepth >= MAX_ALIAS_DEPTH) return this.tooManyAliases();
    this.aliasDepth++;
    const tree = this.build(target, line);
    this.aliasDepth--;
    return tree;
  }

  private tooManyAliases(): ScalarTree {
    const limits = `${MAX_ALIASED_NODES} values or ${MAX_ALIAS_DEPTH} levels`;
    this.complain(
      0,
      `aliases blow the file up to more than ${limits}`,
      'Use the vars of a group instead of aliases.',
    );
    return emptyAt(1);
  }

  private complain(line: number, message: string, fix: string): void {
    this.book.complain({file: this.file, line}, message, fix);
  }
}
