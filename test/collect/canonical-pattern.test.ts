import {expect, test} from 'vitest';

import {canonicalPattern} from '../../src/collect/canonical-pattern.js';
import {schemaDefect} from '../../src/collect/stored-evidence.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import {canonicalJson} from '../../src/text/canonical-json.js';
import {evidenceFor, makeEvidence, oneOfEach} from '../world.js';

const schema = loadSchema('collect/evidence');
const pattern = canonicalPattern(schema);
const matches = (text: string): boolean => pattern?.test(text) === true;

const mapping = {
  end: '0x2000',
  flags: 'CN---',
  pages: 1,
  path: '/lib/"odd" \\ name\n',
  privateResident: 0,
  protection: 'rw-',
  refCount: 1,
  resident: 1,
  shadowCount: 0,
  start: '0x1000',
  type: 'sw',
};
const rich = {
  ...makeEvidence(),
  connection: {user: 'ops', port: 45991, via: ['bastion']},
  memoryMaps: {
    7: {state: 'read', value: [mapping, {...mapping, path: ''}]},
    8: {state: 'unreadable', why: 'gone', cause: 'slow'},
  },
  descriptorStats: {state: 'absent'},
  unknownRecords: ['later', 'naïve \u{1f600}'],
};

test('evidence as it is stored is told to be valid by its text', () => {
  for (const evidence of [...oneOfEach().hosts.map((host) => evidenceFor(host)), rich])
    expect(matches(canonicalJson(evidence))).toBe(true);
});

/** What could stand in the place of a value. */
const INSTEAD: readonly unknown[] = [
  ...[null, true, false, '', 'x', 'read', '0x', '0xg', '0600', '-', 'rwx', 0, -1, 1.5, 1e21, 65536],
  ...[2 ** 53, {}, [], {state: 'read'}, {state: 'absent'}, {state: 'absent', value: 1}],
];

/** The document with each value replaced, left out, doubled or given a member or item more. */
function* changed(value: unknown): Iterable<unknown> {
  yield* INSTEAD;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    yield [...items, ...items, 'more'];
    for (const [i, item] of items.entries()) {
      yield items.toSpliced(i, 1);
      for (const other of changed(item)) yield items.with(i, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield {...value, more: 1};
    for (const [name, member] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
      yield {...value, [name]: undefined};
      yield {...value, [name]: undefined, [`${name}s`]: member};
      for (const other of changed(member)) yield {...value, [name]: other};
    }
  }
}

test('no document that breaks the schema matches, whatever in it was changed', () => {
  let kept = 0;
  for (const document of changed(rich)) {
    const text = canonicalJson(document);
    if (!matches(text)) continue;
    kept += 1;
    expect(schemaDefect(JSON.parse(text), schema), text).toBeUndefined();
  }
  expect(kept).toBeGreaterThan(100);
});

const document = canonicalJson(rich);
test.each([
  ['a blank', document.replace(':', ': ')],
  ['a newline in a text', document.replace('later', 'la\nter')],
  ['an escape JSON does not have', document.replace('later', 'la\\ter'.replace('t', 'x'))],
  ['half an escape', document.replace('later', '\\u12')],
  ['a comma too many', document.replace('"later",', '"later",,')],
  ['a comma at the end', document.replace(/\}$/, ',}')],
  ['a member twice', document.replace('"address"', '"address":"x","address"')],
  ['something behind it', `${document}{}`],
  ['no end', document.slice(0, -1)],
  ['a number with a zero before it', document.replace('"pages":1', '"pages":01')],
])('not told at a glance: %s', (_, text) => {
  expect(text).not.toBe(document);
  expect(matches(text)).toBe(false);
});

test.each<readonly [string, object]>([
  ['a keyword it does not know', {type: 'string', contentEncoding: 'base64'}],
  ['a longest text', {type: 'string', maxLength: 3}],
  ['a pattern with more than plain characters', {type: 'string', pattern: '^[^a]$'}],
  ['a pattern that is not of the whole text', {type: 'string', pattern: '^a'}],
  ['members that may have any name and value', {type: 'object', properties: {}}],
  [
    'a member that must be there and has no schema',
    {
      ...{type: 'object', properties: {}, required: ['a'], additionalProperties: false},
    },
  ],
  [
    'required names beside any others',
    {
      ...{type: 'object', additionalProperties: {type: 'string'}, required: ['a']},
    },
  ],
  ['lists of so many at least', {type: 'array', items: {type: 'string'}, minItems: 1}],
  ['a range of numbers', {type: 'integer', minimum: 5}],
  ['only the number 1', {type: 'integer', minimum: 1, maximum: 1}],
  [
    'a reference to itself',
    {
      ...{$ref: '#/$defs/a', $defs: {a: {type: 'array', items: {$ref: '#/$defs/a'}}}},
    },
  ],
  ['a reference to nothing', {$ref: '#/$defs/b'}],
])('a schema that says %s has no pattern', (_, odd) => {
  expect(canonicalPattern(odd)).toBeUndefined();
});

test('what a host says makes it take no more than the text is long', () => {
  const many = canonicalJson({...rich, unknownRecords: Array(100_000).fill('\\"')});
  for (const text of [many, many.slice(0, -1), many.replace('zbufctl.evidence/1', 'other')]) {
    const before = performance.now();
    matches(text);
    expect(performance.now() - before).toBeLessThan(1000);
  }
});
