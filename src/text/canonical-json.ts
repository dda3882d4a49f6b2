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
  return writeJson(value, COMPACT, '');
}

/**
 * The same document for people and pipes: members sorted, two blanks a level, a newline at the end.
 * Characters that a terminal or a JavaScript parser would act on (C1 controls, DEL, format
 * characters, U+2028 and U+2029) are escaped; every JSON reader gets the original text back.
 */
export function prettyJson(value: unknown): string {
  return `${inert(writeJson(value, PRETTY, ''))}\n`;
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
  // Names that are inherited, too: there are none, and it is found without making a list.
  for (const name in members) {
    if (name < before) return false;
    before = name;
    const member = members[name];
    if (member !== undefined && !isInOrder(member, depth + 1)) return false;
  }
  return true;
}

/** How a document is laid out; empty strings: compact. */
export interface Style {
  readonly colon: string;
  readonly newline: string;
  readonly indent: string;
}

/** How deep parts of a document that is not in order are looked at: each level is a look more. */
const TRIED = 2;

export const COMPACT: Style = {colon: ':', newline: '', indent: ''};
export const PRETTY: Style = {colon: ': ', newline: '\n', indent: '  '};

/**
 * Our documents have some two hundred member names, said thousands of times; a host cannot make
 * this grow without end.
 */
const names = new Map<string, string>();
const MAX_NAMES = 1000;

/** The name of a member as JSON has it. */
export function nameOf(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (names.size < MAX_NAMES) names.set(key, text);
  return text;
}

/**
 * A value as text, from within a document. Plain loops: an audit writes every host's evidence with
 * this, and it was a third of what a host cost.
 * @param depth within the value that was asked for
 */
export function writeJson(value: unknown, style: Style, margin: string, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
    return String(value);
  }
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  if (depth > MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  if (depth <= TRIED && isInOrder(value, depth)) return writtenByEngine(value, style, margin);

  const inner = margin + style.indent;
  const before = style.newline + inner;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      text += (text === '' ? '' : ',') + before + writeJson(item, style, inner, depth + 1);
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
      writeJson(member, style, inner, depth + 1);
  }
  return text === '' ? '{}' : `{${text}${style.newline}${margin}}`;
}

/** Line by line it begins where it stands; texts hold no line ends, they are escaped. */
const writtenByEngine = (value: object, style: Style, margin: string): string =>
  style.indent === ''
    ? JSON.stringify(value)
    : JSON.stringify(value, null, style.indent).replaceAll('\n', `\n${margin}`);

export function plain(value: object): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('JSON has only plain objects and arrays');
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Without a comparator, sort() orders strings by UTF-16 code units, which is what RFC 8785 asks
 * for.
 */
export const namesOf = (members: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(members).sort();

/**
 * JSON text outside strings is plain ASCII, so whatever is found here stands in a string and may be
 * escaped.
 */
export function inert(json: string): string {
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
