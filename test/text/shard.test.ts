import {expect, test} from 'vitest';

import type {Shard} from '../../src/model/audit-run.js';
import {isInShard, parseShard} from '../../src/text/shard.js';

test.each<readonly [string, Shard | undefined]>([
  ['1/1', {part: 1, of: 1}],
  ['2/4', {part: 2, of: 4}],
  ['1000/1000', {part: 1000, of: 1000}],
  ...[
    '0/2',
    '3/2',
    '1/0',
    '1/1001',
    '1',
    '1/',
    '/2',
    '01/2',
    '1/2/3',
    '-1/2',
    ' 1/2',
    'a/b',
    '',
  ].map((text) => [text, undefined] as const),
])('%s is read as %j', (text, shard) => {
  expect(parseShard(text)).toEqual(shard);
});

test('every host is in exactly one shard, and shards are about as large as each other', () => {
  const names = Array.from({length: 1000}, (_, i) => `fw${i}.example.net`);
  const sizes = [1, 2, 3, 4].map(
    (part) => names.filter((name) => isInShard(name, {part, of: 4})).length,
  );
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(1000);
  expect(Math.min(...sizes)).toBeGreaterThan(200);
});

test('where a host belongs stays, from version to version', () => {
  const names = ['fw01', 'fw02', 'fw03', 'fw04', 'fw05', 'fw06', 'fw07', 'fw08'];
  expect(names.filter((name) => isInShard(name, {part: 1, of: 3}))).toMatchInlineSnapshot(`
    [
      "fw01",
      "fw02",
      "fw05",
      "fw06",
      "fw08",
    ]
  `);
});
