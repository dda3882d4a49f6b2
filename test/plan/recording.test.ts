import {expect, test} from 'vitest';

import type {Descriptor} from '../../src/model/evidence.js';
import {better, least, lookAt, testable} from '../../src/plan/recording.js';

const at = (change: Partial<Descriptor> = {}): Descriptor => ({
  pid: 900,
  interfaceName: 'pflog0',
  command: 'pflogd',
  received: 10,
  dropped: 0,
  matched: 10,
  storeLength: 0,
  holdLength: 0,
  promiscuous: true,
  locked: true,
  ...change,
});

test.each<[string, ReturnType<typeof lookAt>, Partial<Descriptor>, Partial<Descriptor>]>([
  ['nothing arrives', 'untested', {}, {}],
  [
    'nothing arrives, and a healthy zero-copy capture rests',
    'untested',
    {holdLength: 400},
    {holdLength: 400},
  ],
  ['packets arrive, none is for it', 'alive', {}, {received: 40}],
  ['packets arrive and are taken', 'recording', {}, {received: 40, matched: 40}],
  [
    'most of them are taken, the last lie there',
    'recording',
    {},
    {received: 40, matched: 40, storeLength: 200},
  ],
  ['the only packet lies there still', 'alive', {}, {received: 11, matched: 11, storeLength: 100}],
  [
    'a zero-copy capture gives its buffers back',
    'recording',
    {holdLength: 4000, storeLength: 500},
    {received: 40, matched: 40, holdLength: 900, storeLength: 0},
  ],
  [
    'packets arrive, and only pile up behind a buffer that nobody gives back',
    'stalled',
    {holdLength: 4000},
    {received: 11, matched: 11, holdLength: 4000, storeLength: 100},
  ],
  [
    'only drops are counted',
    'stalled',
    {holdLength: 4000},
    {received: 11, matched: 11, dropped: 1, holdLength: 4000},
  ],
])('%s: %s', (_, word, before, after) => {
  expect(lookAt(at(before), at(after))).toBe(word);
});

test('the least of several captures counts, the better of two looks at one, and a stall beats all', () => {
  expect(least(['recording', 'untested', 'alive'])).toBe('untested');
  expect(least(['recording', 'alive'])).toBe('alive');
  expect(least([])).toBeUndefined();
  expect(better('untested', 'recording')).toBe('recording');
  expect(better('alive', 'untested')).toBe('alive');
  expect(better('recording', 'stalled')).toBe('stalled');
});

test('a packet of ours is thought of on loopback and pflog0 only', () => {
  const on = (interfaceName: string): Descriptor => at({interfaceName});
  expect(testable([on('em0'), on('pflog0'), on('lo0'), on('pflog1')])).toEqual(['lo0', 'pflog0']);
  expect(testable([on('em0')])).toEqual([]);
});
