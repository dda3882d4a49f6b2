import {join} from 'node:path';

import {format, resolveConfig} from 'prettier';
import {createGenerator} from 'ts-json-schema-generator';

import type {PublishedSchema} from './published-schemas.js';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The tag of what several members must keep to: subschemas, all of which hold. (Called allOf, the
 * generator would take it for the description of the whole type.)
 */
const CONDITIONS = 'conditions';

type Json = string | number | boolean | null | readonly Json[] | {readonly [key: string]: Json};
type Schema = Readonly<Record<string, Json>>;

/** The text of each schema by its file, as the model of this tree gives it. */
export async function schemasOfModel(
  root: string,
  published: readonly PublishedSchema[],
): Promise<ReadonlyMap<string, string>> {
  const generator = createGenerator({
    path: join(root, 'src/model/*.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    // `npm run types` has the compiler of the project look.
    skipTypeCheck: true,
    encodeRefs: false,
    extraTags: [CONDITIONS],
  });
  const texts = new Map<string, string>();
  for (const schema of published) {
    const found = new Map<string, Schema>();
    for (const type of Object.values(schema.types)) {
      const {definitions = {}} = generator.createSchema(type);
      for (const [name, definition] of Object.entries(definitions))
        found.set(name, definition as Schema);
    }
    const file = join(root, 'src', `${schema.file}.schema.json`);
    texts.set(file, await laidOut(file, documentOf(schema, found)));
  }
  return texts;
}

/** The document with the definitions under the names of the package, the published ones first. */
function documentOf(
  {file, title, description, types}: PublishedSchema,
  found: ReadonlyMap<string, Schema>,
): Schema {
  const byType = new Map(Object.entries(types).map(([name, type]) => [type, name]));
  const names = new Map<string, string>();
  for (const [type, definition] of found) {
    const name = byType.get(type) ?? nameOf(type, definition);
    if ([...names.values()].includes(name)) throw new Error(`${file}: two types are ${name}`);
    names.set(type, name);
  }
  const $defs = new Map(
    [...found].map(([type, s]) => [names.get(type) ?? type, renamed(s, names)]),
  );
  const [first = ''] = Object.keys(types);
  const order = [...Object.keys(types), ...[...$defs.keys()].sort()];
  return {
    $schema: DRAFT,
    $id: idOf(file, oneOf($defs.get(first), $defs)),
    title,
    description,
    $ref: `#/$defs/${first}`,
    $defs: Object.fromEntries(order.map((name) => [name, $defs.get(name) ?? {}])),
  };
}

/** The document itself, or the first of those it can be: all have one version. */
function oneOf(
  document: Schema | undefined,
  $defs: ReadonlyMap<string, Schema>,
): Schema | undefined {
  const [first] = (document?.['allOf'] ?? []) as readonly Readonly<Record<string, Schema>>[];
  const name = first?.['then']?.['$ref'];
  return typeof name === 'string' ? $defs.get(name.slice('#/$defs/'.length)) : document;
}

/** E.g. urn:zbufctl:plan:1: the name of the file, and the version its documents have. */
function idOf(file: string, document: Schema | undefined): string {
  const properties = document?.['properties'] as Readonly<Record<string, Schema>> | undefined;
  const word = properties?.['schema']?.['const'];
  const version = typeof word === 'string' ? /\/(\d+)$/.exec(word)?.[1] : undefined;
  if (version === undefined) throw new Error(`${file}: its document does not say a version`);
  return `urn:zbufctl:${file.slice(file.lastIndexOf('/') + 1)}:${version}`;
}

const REFERENCE = '#/definitions/';

function renamed(value: Schema, names: ReadonlyMap<string, string>): Schema;
function renamed(value: Json, names: ReadonlyMap<string, string>): Json;
function renamed(value: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, names));
  if (typeof value === 'string' && value.startsWith(REFERENCE)) {
    const name = names.get(value.slice(REFERENCE.length));
    if (name === undefined) throw new Error(`nothing describes ${value}`);
    return `#/$defs/${name}`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if ('if' in value && JSON.stringify(value['if']).includes(REFERENCE))
    throw new Error('a discriminator of a named type: its words are lost, so name them in place');
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key === CONDITIONS && Array.isArray(member) ? 'allOf' : key,
      renamed(member, names),
    ]),
  );
}

/**
 * The name of a type. The generator calls an instance of a generic type after its place in the
 * file, which any edit moves: such a one is called after what it holds, e.g. `readingOfTextList`.
 */
function nameOf(type: string, definition: Schema): string {
  const at = type.indexOf('<');
  return lowerFirst(at === -1 ? type : `${type.slice(0, at)}Of${contentOf(valueIn(definition))}`);
}

/** What the member `value` of one of the alternatives is. */
function valueIn(definition: Schema): Schema {
  const alternatives = (definition['anyOf'] ?? []) as readonly Schema[];
  const members = alternatives.map(({properties}) => properties as Schema | undefined);
  return (members.find((m) => m?.['value'] !== undefined)?.['value'] ?? {}) as Schema;
}

const PLAIN: Readonly<Record<string, string>> = {
  string: 'Text',
  boolean: 'Flag',
  number: 'Number',
};

function contentOf({$ref, type, items}: Schema): string {
  if (typeof $ref === 'string') return $ref.slice(REFERENCE.length);
  if (type === 'array') return `${contentOf(items as Schema)}List`;
  const word = typeof type === 'string' ? PLAIN[type] : undefined;
  if (word === undefined) throw new Error('a generic type of a type without a name: give it one');
  return word;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const laidOut = async (file: string, schema: Schema): Promise<string> =>
  format(JSON.stringify(schema, undefined, 2), {...(await resolveConfig(file)), filepath: file});
