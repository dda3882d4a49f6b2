/**
 * Deeper documents are refused: nothing of ours nests so far, and a changed file must not exhaust
 * the stack.
 */
const MAX_DEPTH = 200;

/**
 * The one way to write a JSON value as text, for hashing and comparing: members sorted by UTF-16
 * code units, no blanks, numbers and strings as ECMAScript writes them (RFC 8785; unlike it, a lone
 * surrogate is written as its `\uXXXX` escape instead of being refused, because a host's bytes may
 * decode to one).
 *
 * Members whose value is undefined are left out. Throws TypeError for what JSON cannot hold (NaN,
 * functions, Dates, Maps, cycles): a programmer's mistake, or a stored file nested absurdly deep.
 */
export function canonicalJson(value: unknown): string {
  return isInOrder(value, 0) ? JSON.stringify(value) : write(value, COMPACT, '', 0);
}

/** The same text piece by piece: a list that is a member of the document comes item by item. */
export function canonicalParts(document: object): Iterable<string> {
  return parts(document, COMPACT);
}

/**
 * The same document for people and pipes: members sorted, two blanks a level, a newline at the end.
 * Characters that a terminal or a JavaScript parser would act on (C1 controls, DEL, format
 * characters, U+2028 and U+2029) are escaped; every JSON reader gets the original text back.
 */
export function prettyJson(value: unknown): string {
  return `${inert(write(value, PRETTY, '', 0))}\n`;
}

/** The same text piece by piece, as `canonicalParts`. */
export function* prettyParts(document: object): Iterable<string> {
  for (const part of parts(document, PRETTY)) yield inert(part);
  yield '\n';
}

/** Like `prettyJson`, on one line and without the newline at the end: for ndjson. */
export function lineJson(value: unknown): string {
  return inert(canonicalJson(value));
}

/**
 * Whether JSON.stringify writes the canonical text: what it is given can be written, and every
 * object has its members in order already. Then that is several times as fast.
 */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (!isInOrder(item, depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  let before = '';
  for (const name of Object.keys(members)) {
    if (name < before) return false;
    before = name;
    const member = members[name];
    if (member !== undefined && !isInOrder(member, depth + 1)) return false;
  }
  return true;
}

/** How a document is laid out; empty strings: compact. */
interface Style {
  readonly colon: string;
  readonly newline: string;
  readonly indent: string;
}

/** How deep parts of a document that is not in order are looked at: each level is a look more. */
const TRIED = 2;

const COMPACT: Style = {colon: ':', newline: '', indent: ''};
const PRETTY: Style = {colon: ': ', newline: '\n', indent: '  '};

/**
 * Our documents have some two hundred member names, said thousands of times; a host cannot make
 * this grow without end.
 */
const names = new Map<string, string>();
const MAX_NAMES = 1000;

function nameOf(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (names.size < MAX_NAMES) names.set(key, text);
  return text;
}

/**
 * Plain loops: an audit writes every host's evidence with this, and it was a third of what a host
 * cost.
 */
function write(value: unknown, style: Style, margin: string, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
    return String(value);
  }
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  if (depth > MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  if (style === COMPACT && depth > 0 && depth <= TRIED && isInOrder(value, depth))
    return JSON.stringify(value);

  const inner = margin + style.indent;
  const before = style.newline + inner;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      text += (text === '' ? '' : ',') + before + write(item, style, inner, depth + 1);
    }
    return text === '' ? '[]' : `[${text}${style.newline}${margin}]`;
  }

  const members = plain(value);
  for (const key of namesOf(members)) {
    const member = members[key];
    if (member === undefined) continue;
    text +=
      (text === '' ? '' : ',') +
      before +
      nameOf(key) +
      style.colon +
      write(member, style, inner, depth + 1);
  }
  return text === '' ? '{}' : `{${text}${style.newline}${margin}}`;
}

function plain(value: object): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('JSON has only plain objects and arrays');
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Without a comparator, sort() orders strings by UTF-16 code units, which is what RFC 8785 asks
 * for.
 */
const namesOf = (members: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(members).sort();

/** What `write` would write, so that the whole text of a large document is never in memory. */
function* parts(document: object, style: Style): Iterable<string> {
  const {newline, indent} = style;
  const [before, within] = [newline + indent, newline + indent + indent];
  const members = plain(document);
  let open = '{';
  for (const key of namesOf(members)) {
    const member = members[key];
    if (member === undefined) continue;
    const name = open + before + nameOf(key) + style.colon;
    open = ',';
    if (!Array.isArray(member) || member.length === 0) {
      yield name + write(member, style, indent, 1);
      continue;
    }
    let separator = `${name}[`;
    for (const item of member as unknown[]) {
      yield separator + within + write(item, style, indent + indent, 2);
      separator = ',';
    }
    yield `${before}]`;
  }
  yield open === '{' ? '{}' : `${newline}}`;
}

/**
 * JSON text outside strings is plain ASCII, so whatever is found here stands in a string and may be
 * escaped.
 */
function inert(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (c) =>
    Array.from(
      {length: c.length},
      (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Nearly all texts, and this is found faster than what is not plain. */
const PLAIN = /^[\n -~]*$/;
