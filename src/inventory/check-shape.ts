import {unreachable} from '../model/unreachable.js';
import {didYouMean, nearMisses} from '../text/near-misses.js';

import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {IntegerShape, MapShape, RecordShape, Shape, TextShape, WordShape} from './shape.js';
import type {MapTree, ScalarTree, Tree} from './tree.js';

/**
 * Says everything in which `tree` differs from `shape`. `path` names the value in messages:
 * "policy.zerocopy".
 */
export function checkShape(
  tree: Tree,
  shape: Shape,
  path: string,
  file: string,
  book: ComplaintBook,
): void {
  new ShapeChecker(file, book).check(tree, shape, path);
}

/** Keys whose values must not be kept, whoever wrote them where. */
const SECRET = /pass(?:word|phrase|wd)?$|secret|token|private_?key$/i;
export const SECRET_FIX =
  'Remove it: zbufctl keeps no passwords. It asks for them when it needs them; keys and an ssh agent work without.';

class ShapeChecker {
  constructor(
    private readonly file: string,
    private readonly book: ComplaintBook,
  ) {}

  check(tree: Tree, shape: Shape, path: string): void {
    if (tree.kind === 'scalar' && tree.tag !== undefined) {
      this.complain(
        tree.line,
        `${path} has the tag ${quoted(tree.tag)}, which means nothing here`,
        'Remove the tag.',
      );
      return;
    }
    switch (shape.kind) {
      case 'text':
        this.text(tree, shape, path);
        return;
      case 'word':
        this.word(tree, shape, path);
        return;
      case 'integer':
        this.integer(tree, shape, path);
        return;
      case 'list':
        this.list(tree, shape.of, path);
        return;
      case 'one-or-list':
        if (tree.kind === 'list' && tree.items.length === 0)
          this.complain(tree.line, `${path} is an empty list`, 'Fill it, or remove the key.');
        else if (tree.kind === 'list') this.list(tree, shape.of, path);
        else this.text(tree, shape.of, path);
        return;
      case 'record':
        this.record(tree, shape, path);
        return;
      case 'map':
        this.map(tree, shape, path);
        return;
      case 'word-or-map':
        if (tree.kind === 'map') this.map(tree, shape.map, path);
        else this.word(tree, shape.word, path, ' or a mapping');
        return;
      case 'text-or-record':
        if (tree.kind === 'map') this.record(tree, shape.record, path);
        else this.text(tree, shape.text, path);
        return;
      case 'any':
        return;
      default:
        unreachable(shape);
    }
  }

  private text(tree: Tree, shape: TextShape, path: string): void {
    if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
      const quote = tree.kind === 'scalar' && tree.value !== null;
      this.wrongType(
        tree,
        path,
        shape.what,
        quote ? `Quote it: "${tree.source}".` : `Write ${shape.what}.`,
      );
      return;
    }
    const defect = shape.defect?.(tree.value);
    if (defect !== undefined) {
      this.complain(tree.line, `${path}: ${quoted(tree.value)} ${defect.message}`, defect.fix);
    } else if (!(shape.pattern ?? /\S/).test(tree.value)) {
      this.complain(
        tree.line,
        `${path}: ${quoted(tree.value)} is not ${shape.what}`,
        `Write ${shape.what}.`,
      );
    }
  }

  private word(tree: Tree, shape: WordShape, path: string, also = ''): void {
    const choices = `${shape.words.length === 1 ? '' : 'one of '}${shape.words.join(', ')}${also}`;
    if (tree.kind !== 'scalar' || tree.value === null) {
      this.wrongType(tree, path, choices, `Write ${choices}.`);
      return;
    }
    if (typeof tree.value === 'string' && shape.words.includes(tree.value)) return;
    const written = tree.source.toLowerCase();
    const meant =
      shape.habits !== undefined && Object.hasOwn(shape.habits, written)
        ? shape.habits[written]
        : undefined;
    const near = meant ?? nearMisses(tree.source, shape.words, 1)[0];
    const fix =
      near === undefined
        ? `Write ${choices}.`
        : `Write ${path.split('.').at(-1) ?? path}: ${near}.`;
    this.complain(tree.line, `${path} is ${describe(tree)}, not ${choices}`, fix);
  }

  private integer(tree: Tree, shape: IntegerShape, path: string): void {
    const range = `a number from ${shape.min} to ${shape.max}`;
    if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
      const bare = tree.kind === 'scalar' && tree.quoted && /^\d+$/.test(tree.source);
      this.wrongType(tree, path, range, bare ? 'Remove the quotes.' : `Write ${range}.`);
      return;
    }
    if (!Number.isInteger(tree.value) || tree.value < shape.min || tree.value > shape.max) {
      this.complain(tree.line, `${path} is ${tree.source}, not ${range}`, `Write ${range}.`);
    } else if (tree.source !== String(tree.value)) {
      // 022 is 18 for YAML 1.1 readers and 22 for ours; 0x16 and 2.2e1 are riddles.
      const message = `${path} is written ${quoted(tree.source)}, which other YAML readers take for another number`;
      this.complain(tree.line, message, `Write ${tree.value}.`);
    }
  }

  private list(tree: Tree, of: Shape, path: string): void {
    if (tree.kind !== 'list') {
      const one = tree.kind === 'scalar' && typeof tree.value === 'string' && tree.value !== '';
      this.wrongType(
        tree,
        path,
        'a list',
        one ? `Write [${tree.source}].` : 'Write [one, two], or remove the key.',
      );
      return;
    }
    tree.items.forEach((item, i) => {
      this.check(item, of, `${path}[${i + 1}]`);
    });
  }

  private map(tree: Tree, shape: MapShape, path: string): void {
    if (tree.kind !== 'map') {
      this.wrongType(tree, path, 'a mapping', `Write ${path}: {name: {...}}, or remove the key.`);
      return;
    }
    for (const {key, line, value} of tree.entries) {
      const defect = shape.key.defect?.(key);
      if (defect !== undefined)
        this.complain(line, `${path}: ${quoted(key)} ${defect.message}`, defect.fix);
      else if (!(shape.key.pattern ?? /\S/).test(key))
        this.complain(
          line,
          `${path}: ${quoted(key)} is not ${shape.key.what}`,
          `Write ${shape.key.what}.`,
        );
      this.check(value, shape.of, `${path}.${key}`);
    }
  }

  private record(tree: Tree, shape: RecordShape, path: string): void {
    const known = Object.keys(shape.keys);
    if (tree.kind !== 'map') {
      this.wrongType(
        tree,
        path,
        shape.what,
        `Write ${shape.what} with some of: ${known.join(', ')}.`,
      );
      return;
    }
    for (const {key, line, value} of tree.entries) {
      const inner = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
      if (inner === undefined) this.unknownKey(key, line, shape, path);
      else this.check(value, inner, path === '' ? key : `${path}.${key}`);
    }
    this.missing(tree, shape, path);
  }

  private unknownKey(key: string, line: number, shape: RecordShape, path: string): void {
    const known = Object.keys(shape.keys);
    const where = path === '' ? '' : ` in ${path}`;
    const fix = SECRET.test(key)
      ? SECRET_FIX
      : (shape.hint?.(key) ??
        [didYouMean(key, known), `Known here: ${known.join(', ')}.`].join(' ').trim());
    // Never the value: it may be a secret.
    this.complain(line, `unknown key ${quoted(key)}${where}`, fix);
  }

  private missing(tree: MapTree, shape: RecordShape, path: string): void {
    const has = (key: string): boolean => tree.entries.some((entry) => entry.key === key);
    for (const key of shape.required ?? []) {
      if (!has(key)) this.complain(tree.line, `${path} has no ${key}`, `Add ${key}.`);
    }
    if (shape.oneOf !== undefined && !shape.oneOf.some(has)) {
      const choices = shape.oneOf.join(' or ');
      this.complain(tree.line, `${path} has no ${choices}`, `Add ${choices}.`);
    }
  }

  private wrongType(tree: Tree, path: string, wanted: string, fix: string): void {
    this.complain(
      tree.line,
      `${path === '' ? 'the file' : path} is ${describe(tree)}, not ${wanted}`,
      fix,
    );
  }

  private complain(line: number, message: string, fix: string): void {
    this.book.complain({file: this.file, line}, message, fix);
  }
}

/** What a value is, in the words of somebody who thought they wrote something else. */
export function describe(tree: Tree): string {
  if (tree.kind === 'map') return 'a mapping';
  if (tree.kind === 'list') return 'a list';
  return describeScalar(tree);
}

function describeScalar({value, source, quoted: inQuotes}: ScalarTree): string {
  if (value === null)
    return source === '' ? 'empty' : `${quoted(source)}, which YAML reads as nothing`;
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (typeof value === 'boolean') return `${quoted(source)}, which YAML reads as yes or no`;
  return inQuotes ? quoted(source) : `${quoted(source)}, which YAML reads as a number`;
}
