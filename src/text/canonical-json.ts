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
  return write(value, {colon: ':', newline: '', indent: ''}, '', 0);
}

/**
 * The same document for people and pipes: members sorted, two blanks a level, a newline at the end.
 * Characters that a terminal or a JavaScript parser would act on (C1 controls, DEL, format
 * characters, U+2028 and U+2029) are escaped; every JSON reader gets the original text back.
 */
export function prettyJson(value: unknown): string {
  return `${inert(write(value, {colon: ': ', newline: '\n', indent: '  '}, '', 0))}\n`;
}

/** Like `prettyJson`, on one line and without the newline at the end: for ndjson. */
export function lineJson(value: unknown): string {
  return inert(canonicalJson(value));
}

/** How a document is laid out; empty strings: compact. */
interface Style {
  readonly colon: string;
  readonly newline: string;
  readonly indent: string;
}

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

  const inner = margin + style.indent;
  const before = style.newline + inner;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      text += (text === '' ? '' : ',') + before + write(item, style, inner, depth + 1);
    }
    return text === '' ? '[]' : `[${text}${style.newline}${margin}]`;
  }

  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('JSON has only plain objects and arrays');
  const members = value as Readonly<Record<string, unknown>>;
  // Without a comparator, sort() orders strings by UTF-16 code units, which is what RFC 8785 asks
  // for.
  for (const key of Object.keys(members).sort()) {
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

/**
 * JSON text outside strings is plain ASCII, so whatever is found here stands in a string and may be
 * escaped.
 */
function inert(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (c) =>
    Array.from(
      {length: c.length},
      (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
