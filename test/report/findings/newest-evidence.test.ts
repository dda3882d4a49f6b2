import {describe, expect, test} from 'vitest';

import type {AuditIndex} from '../../../src/report/findings/newest-evidence.js';
import {
  auditsToRead,
  newestEntries,
  wholeAudits,
} from '../../../src/report/findings/newest-evidence.js';
import {makeHost, makeRun} from '../../world.js';

const index = (run: string, names: string, more: Partial<AuditIndex> = {}): AuditIndex => ({
  run,
  interrupted: false,
  hosts: names.split(' ').length,
  answered: new Set(names.split(' ').map((name) => `${name}.json`)),
  ...more,
});

describe('which audits speak for the fleet', () => {
  test.each([
    [
      'a named run does not',
      [index('1', 'a b c', {asked: 'inventory'}), index('2', 'a', {asked: 'named'})],
      ['1'],
    ],
    [
      'an interrupted one does not',
      [index('1', 'a b c'), index('2', 'a b c', {interrupted: true})],
      ['1'],
    ],
    [
      'a part of the fleet before it does not, when nobody said',
      [index('1', 'a b c'), index('2', 'b'), index('3', 'a b')],
      ['1'],
    ],
    [
      'a smaller inventory does, when it said so',
      [index('1', 'a b c'), index('2', 'a b', {asked: 'inventory'})],
      ['1', '2'],
    ],
    ['other hosts are another fleet', [index('1', 'a b c'), index('2', 'x')], ['1', '2']],
    ['a larger fleet is one', [index('1', 'a b'), index('2', 'a b c')], ['1', '2']],
  ])('%s', (_, audits, whole) => {
    expect(wholeAudits(audits).map(({run}) => run)).toEqual(whole);
  });
});

test('only the audits that are needed are read: from the newest whole one on, and what has evidence of the rest', () => {
  const audits = [
    index('1', 'a b c d'),
    index('2', 'a b c d'),
    index('3', 'a b', {hosts: 4, asked: 'inventory'}),
    index('4', 'c', {asked: 'named'}),
  ];
  expect(auditsToRead(audits, ['a', 'b', 'c', 'd'])).toEqual(['4', '3', '2']);
  expect(auditsToRead(audits, ['a', 'b', 'c'])).toEqual(['4', '3']);
});

test('a host is as its newest evidence says, and a newer try that failed stands beside it', () => {
  const failure = {kind: 'timed-out', message: 'nothing in 10 s', fix: 'f'} as const;
  const said = makeRun(
    ['a', 'b'].map((host) => makeHost({host, posture: 'compliant'})),
    {run: '20261120T081500Z-audit-0001'},
  );
  const tried = makeRun(
    ['a', 'c'].map((host) => makeHost({host, posture: 'unreachable', failure})),
    {run: '20261121T081500Z-audit-0002'},
  );
  const entries = newestEntries([tried, said], ['a', 'b', 'c', 'nobody']);
  const what = [...entries].map(([host, e]) => [
    host,
    e.audit.run.slice(-4),
    e.host.posture,
    e.laterTry?.why,
  ]);
  expect(what).toEqual([
    ['a', '0001', 'compliant', 'timed-out'],
    ['b', '0001', 'compliant', undefined],
    ['c', '0002', 'unreachable', undefined],
  ]);
});
