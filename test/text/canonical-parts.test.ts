import fc from 'fast-check';
import {expect, test} from 'vitest';

import {canonicalJson, prettyJson} from '../../src/text/canonical-json.js';
import {hashing, sha256} from '../../src/text/hash-chain.js';
import {
  canonicalParts,
  itemsInParts,
  membersInParts,
  prettyParts,
  someInParts,
} from '../../src/text/json-parts.js';
import {piecesOf} from '../../src/text/pieces.js';

const documents = fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 4}));

test('the parts of a document are its text', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect([...canonicalParts(document)].join('')).toBe(canonicalJson(document));
      expect([...prettyParts(document)].join('')).toBe(prettyJson(document));
    }),
    {numRuns: 200},
  );
});

/** The canonical text, written the plainest way; with a margin: the one for people. */
function written(value: unknown, margin?: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = margin === undefined ? undefined : `${margin}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = value as Readonly<Record<string, unknown>>;
  const colon = margin === undefined ? ':' : ': ';
  const items = Array.isArray(value)
    ? value.map((item) => written(item, inner))
    : Object.keys(value)
        .sort()
        .map((name) => `${JSON.stringify(name)}${colon}${written(members[name], inner)}`);
  if (items.length === 0) return `${open}${close}`;
  const line = (indent: string | undefined): string => (indent === undefined ? '' : `\n${indent}`);
  return `${open}${items.map((item) => line(inner) + item).join(',')}${line(margin)}${close}`;
}

test('members are sorted at every depth, whether or not they were in order', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const text = written(document);
      expect(canonicalJson(document)).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      const laidOut = `${written(document, '')}\n`;
      expect(prettyJson(document)).toBe(laidOut);
      expect(prettyJson(JSON.parse(text))).toBe(laidOut);
    }),
    {numRuns: 300},
  );
  expect(canonicalJson({a: [{b: undefined, c: -0}], d: undefined})).toBe('{"a":[{"c":0}]}');
});

test.each([
  ['NaN', {a: NaN}],
  ['a function', {toJSON: () => 'x'}],
  ['a date', {at: new Date(0)}],
  ['a map', {a: new Map()}],
  ['undefined in a list', {a: [undefined]}],
  ['itself', ((a: unknown[]) => (a.push(a), a))([])],
])('JSON cannot hold %s', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
  expect(() => canonicalJson({z: 1, a: value})).toThrow(TypeError);
});

/** The same document with every list and object in parts, wherever it stands. */
function allInParts(value: unknown): unknown {
  if (Array.isArray(value)) return itemsInParts(() => value.map(allInParts));
  if (typeof value !== 'object' || value === null) return value;
  return membersInParts(
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, allInParts(member)])),
  );
}

test('what stands deep in a document comes in parts, too', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const inParts = {a: allInParts(document), b: [allInParts(document)]};
      const whole = {a: document, b: [document]};
      expect([...canonicalParts(inParts)].join('')).toBe(canonicalJson(whole));
      expect([...prettyParts(inParts)].join('')).toBe(prettyJson(whole));
    }),
    {numRuns: 100},
  );
});

test('a list in parts without items is empty, or left out with its member', () => {
  const document = {
    a: someInParts(() => []),
    b: itemsInParts(() => []),
    c: membersInParts({d: someInParts(() => []), e: undefined}),
    f: someInParts(() => [1]),
  };
  expect([...prettyParts(document)].join('')).toBe(prettyJson({b: [], c: {}, f: [1]}));
  expect(() => canonicalJson(document)).toThrow('only plain objects');
});

test('a list of a document comes item by item, and pieces are worth writing', () => {
  const run = {
    hosts: Array.from({length: 1000}, (_, i) => ({host: `h${i}`, text: 'x'.repeat(500)})),
  };
  const parts = [...canonicalParts(run)];
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(600);

  const pieces = [...piecesOf(parts)];
  expect(pieces.join('')).toBe(canonicalJson(run));
  expect(pieces.length).toBeLessThan(10);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
});

test('what passes is hashed as the whole text is', () => {
  const passed = hashing(['a', 'ß', '\u{1f600}']);
  expect([...passed.parts].join('')).toBe('aß\u{1f600}');
  expect(passed.digest()).toBe(sha256('aß\u{1f600}'));
});
