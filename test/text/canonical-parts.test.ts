import fc from 'fast-check';
import {expect, test} from 'vitest';

import {
  canonicalJson,
  canonicalParts,
  prettyJson,
  prettyParts,
} from '../../src/text/canonical-json.js';
import {hashing, sha256} from '../../src/text/hash-chain.js';
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
