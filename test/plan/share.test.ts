import fc from 'fast-check';
import {expect, test} from 'vitest';

import {hostsIn, parseShare} from '../../src/plan/share.js';

test.each([
  ['0', {unit: 'hosts', count: 0}],
  ['5', {unit: 'hosts', count: 5}],
  [' 007 ', {unit: 'hosts', count: 7}],
  ['0%', {unit: 'percent', percent: 0}],
  ['25%', {unit: 'percent', percent: 25}],
  ['100%', {unit: 'percent', percent: 100}],
])('"%s" is a share', (text, share) => {
  expect(parseShare(text)).toEqual(share);
});

test.each([
  '',
  '%',
  '-1',
  '1.5',
  '101%',
  '1e3',
  '5 %',
  '5%%',
  '٥',
  'all',
  '1234567',
  '0x10',
  '1\n2',
])('"%s" is none', (text) => {
  expect(parseShare(text)).toBeUndefined();
});

test('percents round down, so that a limit is never exceeded by rounding', () => {
  const quarter = {unit: 'percent', percent: 25} as const;
  expect([0, 1, 3, 4, 7, 8, 300].map((total) => hostsIn(quarter, total))).toEqual([
    0, 0, 0, 1, 1, 2, 75,
  ]);
  fc.assert(
    fc.property(fc.nat(100), fc.nat(10_000), (percent, total) => {
      const hosts = hostsIn({unit: 'percent', percent}, total);
      return (
        Number.isInteger(hosts) &&
        hosts * 100 <= percent * total &&
        (hosts + 1) * 100 > percent * total
      );
    }),
  );
});

test('a number of hosts is that number, however few there are', () => {
  expect(hostsIn({unit: 'hosts', count: 5}, 3)).toBe(5);
});
