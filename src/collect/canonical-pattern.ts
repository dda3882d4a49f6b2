/**
 * A regular expression that matches a document only if the document follows its schema. It knows
 * documents as `canonicalJson` writes them, without blanks and with their members sorted; what it
 * does not match may follow the schema all the same. Going through the text takes a tenth of the
 * time that going through the objects made of it does.
 *
 * It has no two ways to match the same text, so what a host can make it take grows with the text.
 *
 * @returns undefined: the schema says something this does not know
 */
export const canonicalPattern = (schema: object): RegExp | undefined =>
  patternWithParts(schema, new Set())?.pattern;

/** The pattern, and what each of its groups stands for: the path of a member. */
export interface PatternWithParts {
  readonly pattern: RegExp;
  readonly paths: readonly (readonly string[])[];
}

/**
 * The same with a group for each member of the document.
 * @param apart members that are no group: each of their members is one
 */
export function patternWithParts(
  schema: object,
  apart: ReadonlySet<string>,
): PatternWithParts | undefined {
  const root = schema as Node;
  const {$schema: _, $id: _id, title: _title, $defs: defs, ...node} = root;
  const paths: (readonly string[])[] = [];
  const at = (path: readonly string[], source: string): string => {
    const isApart = apart.has(path[0] ?? '');
    if (isApart !== (path.length === 2)) return source;
    paths.push(path);
    return `(${source})`;
  };
  const context = {defs: defs as Node | undefined, open: new Set<string>(), at};
  const source = sourceOf(node, {...context, path: []});
  return source === undefined ? undefined : {pattern: new RegExp(`^${source}$`), paths};
}

type Node = Readonly<Record<string, unknown>>;

interface Context {
  readonly defs: Node | undefined;
  /** The references that are being followed: what refers to itself has no pattern. */
  readonly open: Set<string>;
  /** Makes a part of a member. */
  readonly at: (path: readonly string[], source: string) => string;
  /** Of the object this is; absent: it is no member of the document, and of none of its members. */
  readonly path?: readonly string[];
}

/** Where no part is. */
const within = ({path: _, ...context}: Context): Context => context;

/** Keywords that say nothing of what is valid here (formats are not checked). */
const SILENT = new Set(['description', 'format']);

/** Undefined: something in the schema is not known here. */
function sourceOf(schema: unknown, context: Context): string | undefined {
  const node = schema as Node;
  const words = Object.keys(node).filter((word) => !SILENT.has(word));
  const only = (...known: readonly string[]): boolean => words.every((w) => known.includes(w));
  const {$ref, anyOf, type, enum: listed} = node;
  if (typeof $ref === 'string') return only('$ref') ? referred($ref, context) : undefined;
  if (Array.isArray(anyOf))
    return only('anyOf') ? oneOf(anyOf.map((s) => sourceOf(s, within(context)))) : undefined;
  if ('const' in node) return only('type', 'const') ? literal(node['const']) : undefined;
  if (Array.isArray(listed)) return only('type', 'enum') ? oneOf(listed.map(literal)) : undefined;
  switch (type) {
    case 'boolean':
      return only('type') ? '(?:true|false)' : undefined;
    case 'string':
      return only('type', 'pattern', 'minLength') ? stringOf(node) : undefined;
    case 'integer':
    case 'number':
      return only('type', 'minimum', 'maximum') ? numberOf(node) : undefined;
    case 'array':
      return only('type', 'items', 'minItems', 'maxItems') ? listOf(node, context) : undefined;
    case 'object':
      return only('type', 'properties', 'required', 'additionalProperties', 'propertyNames')
        ? objectOf(node, context)
        : undefined;
    default:
      return undefined;
  }
}

function referred(ref: string, context: Context): string | undefined {
  const {defs, open} = context;
  const node = defs?.[ref.replace('#/$defs/', '')];
  if (node === undefined || open.has(ref)) return undefined;
  open.add(ref);
  const source = sourceOf(node, context);
  open.delete(ref);
  return source;
}

function oneOf(sources: readonly (string | undefined)[]): string | undefined {
  return sources.includes(undefined) ? undefined : `(?:${sources.join('|')})`;
}

const literal = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^\w" ]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const CHARS = '[^"\\\\\\x00-\\x1f]*';
const TEXT = `"${CHARS}(?:\\\\(?:["\\\\/bfnrt]|u[\\da-fA-F]{4})${CHARS})*"`;

/** Patterns of plain characters from end to end: none of them is escaped in JSON. */
const PLAIN = /^\^(?:\\d|\\\.|\[[\w-]+\]|\{\d+\}|[\w:()?+-])*\$$/;

function stringOf({pattern, minLength}: Node): string | undefined {
  if (pattern === undefined) {
    if (minLength === undefined) return TEXT;
    return minLength === 1 ? `(?!"")${TEXT}` : undefined;
  }
  if (typeof pattern !== 'string' || !PLAIN.test(pattern) || minLength !== undefined)
    return undefined;
  return `"${pattern.slice(1, -1).replace(/\((?!\?)/g, '(?:')}"`;
}

/** Numbers that are told from too large ones by how many digits they have, and by the first. */
function numberOf({type, minimum, maximum}: Node): string | undefined {
  if (minimum !== undefined && minimum !== 0 && minimum !== 1) return undefined;
  if (maximum !== undefined && (typeof maximum !== 'number' || !Number.isSafeInteger(maximum)))
    return undefined;
  const [first = '', ...rest] = maximum === undefined ? '1'.repeat(16) : String(maximum);
  const fewer = rest.length === 0 ? [] : [`[1-9]\\d{0,${rest.length - 1}}`];
  const asMany = first > '1' ? [`[1-${Number(first) - 1}]\\d{${rest.length}}`] : [];
  const all = [...(minimum === 1 ? [] : ['0']), ...fewer, ...asMany];
  if (all.length === 0) return undefined;
  const whole = `(?:${all.join('|')})`;
  return `${minimum === undefined ? '-?' : ''}${whole}${type === 'number' ? '(?:\\.\\d{1,15})?' : ''}`;
}

/** What stands behind an item or a member: a comma with another one behind it, or the end. */
const then = (end: string): string => `(?:,(?!\\${end})|(?=\\${end}))`;

function listOf({items, minItems, maxItems}: Node, context: Context): string | undefined {
  const item = sourceOf(items, within(context));
  if (item === undefined) return undefined;
  if (minItems === undefined && maxItems === undefined) return `\\[(?:${item}${then(']')})*\\]`;
  return minItems === maxItems && typeof minItems === 'number'
    ? `\\[(?:${item}${then(']')}){${minItems}}\\]`
    : undefined;
}

function objectOf(node: Node, context: Context): string | undefined {
  const {properties, required = [], additionalProperties: others, propertyNames} = node;
  const needed = new Set(required as readonly string[]);
  if (properties === undefined) {
    if (needed.size > 0) return undefined;
    const value = typeof others === 'object' ? sourceOf(others, within(context)) : undefined;
    const name =
      propertyNames === undefined
        ? TEXT
        : sourceOf({type: 'string', ...(propertyNames as Node)}, context);
    if (value === undefined || name === undefined) return undefined;
    return `\\{(?:${name}:${value}${then('}')})*\\}`;
  }
  if (others !== false || propertyNames !== undefined) return undefined;
  const known = properties as Node;
  if ([...needed].some((name) => known[name] === undefined)) return undefined;
  const names = Object.keys(known).sort();
  const members = names.map((name) => memberOf(name, known[name], context));
  if (members.includes(undefined)) return undefined;
  const last = names.findLastIndex((name) => needed.has(name));
  const all = names.map((name, i) => {
    const member = members[i] ?? '';
    if (last === -1) return `(?:${member}${then('}')})?`;
    if (i > last) return `(?:,${member})?`;
    if (i === last) return member;
    return needed.has(name) ? `${member},` : `(?:${member},)?`;
  });
  return `\\{${all.join('')}\\}`;
}

function memberOf(name: string, schema: unknown, context: Context): string | undefined {
  const path = context.path === undefined ? undefined : [...context.path, name];
  const inside = within(context);
  const source = sourceOf(schema, path?.length === 1 ? {...inside, path} : inside);
  if (source === undefined || !/^\w+$/.test(name)) return undefined;
  return `"${name}":${path === undefined ? source : context.at(path, source)}`;
}
