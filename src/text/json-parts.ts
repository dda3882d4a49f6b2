import type {Style} from './canonical-json.js';
import {COMPACT, inert, nameOf, namesOf, plain, PRETTY, writeJson} from './canonical-json.js';

/** A list that is made while it is written: item by item, so that it is never there as a whole. */
class Items {
  constructor(
    readonly items: () => Iterable<unknown>,
    /** Without any the member that has it is left out. */
    readonly isOptional: boolean,
  ) {}
}

/** An object that is written member by member, since one of them is large. */
class Members {
  constructor(readonly members: Readonly<Record<string, unknown>>) {}
}

/** Items of a list whose text was made before. */
class Written {
  constructor(readonly text: string) {}
}

/**
 * One or more items of a list whose text was made before, by `itemText`, with `betweenItems`
 * between two.
 */
export const writtenItems = (text: string): unknown => new Written(text);

/** @param levels objects and lists of the document around it */
export const itemText = (item: object, levels: number): string =>
  writeJson(item, PRETTY, PRETTY.indent.repeat(levels));

export const betweenItems = (levels: number): string =>
  `,${PRETTY.newline}${PRETTY.indent.repeat(levels)}`;

/**
 * A list within a document, made when it is written. Stands in a document, a `membersInParts` or
 * another list in parts; anywhere else it is refused as no JSON.
 */
export const itemsInParts = (items: () => Iterable<unknown>): unknown => new Items(items, false);

/** The same; the member that has it is left out when nothing comes. */
export const someInParts = (items: () => Iterable<unknown>): unknown => new Items(items, true);

/** An object that holds lists in parts, or documents that do. */
export const membersInParts = (members: object): unknown => new Members(plain(members));

/**
 * The text of `canonicalJson` piece by piece: a list that is a member of the document comes item by
 * item, and so does what is said to come in parts.
 */
export function* canonicalParts(document: object): Iterable<string> {
  yield* parts(inItems(document), COMPACT, '', '');
}

/** The text of `prettyJson`, as `canonicalParts`. */
export function* prettyParts(document: object): Iterable<string> {
  for (const part of parts(inItems(document), PRETTY, '', '')) yield inert(part);
  yield '\n';
}

const inItems = (document: object): Members =>
  new Members(
    Object.fromEntries(
      Object.entries(plain(document)).map(([name, member]) => [
        name,
        Array.isArray(member) ? itemsInParts(() => member as readonly unknown[]) : member,
      ]),
    ),
  );

/**
 * What `writeJson` would write of the same without parts.
 * @param lead what stands before it, and is not written when nothing is
 * @returns whether anything was written
 */
function* parts(
  value: unknown,
  style: Style,
  margin: string,
  lead: string,
): Generator<string, boolean> {
  const inner = margin + style.indent;
  const before = style.newline + inner;
  if (value instanceof Items) {
    let open = `${lead}[`;
    for (const item of value.items()) {
      yield* parts(item, style, inner, open + before);
      open = ',';
    }
    if (open === ',') yield `${style.newline}${margin}]`;
    else if (value.isOptional) return false;
    else yield `${lead}[]`;
    return true;
  }
  if (value instanceof Members) {
    let open = `${lead}{`;
    for (const name of namesOf(value.members)) {
      const member = value.members[name];
      if (member === undefined) continue;
      const named = open + before + nameOf(name) + style.colon;
      if (yield* parts(member, style, inner, named)) open = ',';
    }
    yield open === ',' ? `${style.newline}${margin}}` : `${lead}{}`;
    return true;
  }
  yield lead + (value instanceof Written ? value.text : writeJson(value, style, margin));
  return true;
}
