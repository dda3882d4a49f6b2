import {describe, expect, test} from 'vitest';

import {unreadable} from '../../src/model/reading.js';
import type {Movement} from '../../src/rules/reading/movement.js';
import {showsLife} from '../../src/rules/reading/movement.js';
import {decide} from '../../src/rules/zbuf-001-no-capture-is-stalled.js';
import type {Sample} from '../../src/watch/sample.js';
import {LOOK_AGAIN} from '../../src/watch/take-sample.js';
import {takeLook} from '../../src/watch/take-look.js';
import {isOpen, reconnected} from '../../src/watch/watched-host.js';
import {hostOf, pages} from '../rules/scene.js';

import type {Counted} from './samples.js';
import {eventsOf, lookAt, sampled, sampleOf} from './samples.js';

/** Two samples of one capture, and whether they settle it. */
const PAIRS: readonly (readonly [
  what: string,
  before: Counted,
  after: Counted,
  settled: boolean,
])[] = [
  ['nothing is held', {packets: 5}, {packets: 9, store: 300}, true],
  ['nothing is held, and nothing comes', {packets: 5}, {packets: 5}, true],
  ['what is held was taken', {packets: 5, hold: 100}, {packets: 9}, true],
  ['what is held is another buffer', {packets: 5, hold: 100}, {packets: 9, hold: 80}, true],
  ['the store was emptied', {packets: 5, store: 90, hold: 100}, {packets: 9, hold: 100}, true],
  [
    'packets come, and nothing moves',
    {packets: 5, hold: 100},
    {packets: 9, store: 90, hold: 100},
    false,
  ],
  [
    'packets are dropped',
    {packets: 5, store: 90, hold: 99},
    {packets: 9, store: 90, hold: 99, drop: 4},
    false,
  ],
  [
    'both buffers lie there',
    {packets: 9, store: 90, hold: 99},
    {packets: 9, store: 90, hold: 99},
    false,
  ],
  ['it rests, and one buffer is out', {packets: 9, hold: 99}, {packets: 9, hold: 99}, false],
];

test.each(PAIRS)('%s', (_, before, after, settled) => {
  const {host, look} = sampled([sampleOf(before), sampleOf(after)]);
  expect([...host.captures.values()].map(({state}) => state)).toEqual([settled ? 'well' : 'new']);
  expect(look).toEqual(settled ? [] : ['7 em0 0']);
});

test('what two samples settle, no mode and no memory map decides otherwise', () => {
  const moves: readonly Movement[] = ['empty', 'moving', 'frozen', 'stuck', 'resting'];
  for (const one of moves.filter(showsLife))
    for (const mode of ['buffer', 'zbuf', 'read', 'cannot', 'open'] as const)
      for (const kind of ['private', 'cut-off', 'kept', 'mixed'] as const)
        for (const assumed of [true, false])
          for (const spins of [true, false])
            expect(['alive', 'buffered']).toContain(decide(mode, one, {kind, assumed}, spins));
});

describe('what comes and goes', () => {
  const RUNS: readonly (readonly [
    what: string,
    samples: readonly Sample[],
    each: readonly (readonly string[])[],
  ])[] = [
    ['a capture is opened', [sampleOf(), sampleOf({packets: 1})], [[], ['capture-seen']]],
    ['and closed', [sampleOf({packets: 1}), sampleOf()], [['capture-seen'], ['capture-gone']]],
    [
      'a descriptor that counts from anew is another',
      [sampleOf({packets: 900, hold: 5}), sampleOf({packets: 3, hold: 5})],
      [['capture-seen'], ['capture-gone', 'capture-seen']],
    ],
    [
      'a pid that another program has now is another',
      [sampleOf({packets: 9, hold: 5}), sampleOf({packets: 10, hold: 5, command: 'other'})],
      [['capture-seen'], ['capture-gone', 'capture-seen']],
    ],
    [
      'a second one on the interface, once',
      [
        sampleOf({packets: 9}),
        sampleOf({packets: 9}, {packets: 1}),
        sampleOf({packets: 10}, {packets: 2}),
      ],
      [['capture-seen'], ['capture-seen'], []],
    ],
    [
      'a sample that fails is told once, and when it works again',
      [sampleOf(), unreadable('no'), unreadable('still no'), sampleOf()],
      [[], ['sample-failed'], [], ['sample-works']],
    ],
  ];

  test.each(RUNS)('%s', (_, samples, each) => {
    expect(sampled(samples).each.map(eventsOf)).toEqual(each);
  });

  test('one that is never there twice in the same company is not known, and is told once', () => {
    const samples = Array.from({length: 8}, (_, at) =>
      at % 2 === 0 ? sampleOf({packets: 9 + at}) : sampleOf({packets: 9 + at}, {packets: at}),
    );
    const {each, host} = sampled(samples);
    expect(each.flat().filter(({event}) => event === 'capture-unknown')).toHaveLength(1);
    expect(isOpen(host)).toBe(true);
  });
});

test('a host is known once something was compared, and no longer when a sample fails', () => {
  const known = (samples: readonly Sample[]): boolean => !isOpen(sampled(samples).host);
  const well = sampleOf({packets: 1});
  expect(known([])).toBe(false);
  expect(known([well])).toBe(false);
  expect(known([sampleOf()])).toBe(true);
  expect(known([well, well])).toBe(true);
  expect(known([well, well, unreadable('no')])).toBe(false);
});

test('after a new connection nothing is compared with what was counted before it', () => {
  const frozen = {packets: 9, store: 50, hold: 100};
  const before = sampled([sampleOf({packets: 5, hold: 100}), sampleOf({packets: 6, hold: 50})]);
  // The host booted: the same pid has counted more since, by chance, and holds as much.
  const after = sampled([sampleOf(frozen)], reconnected(before.host));
  expect([after.look, eventsOf(after.changes), isOpen(after.host)]).toEqual([[], [], true]);
});

describe('what was looked at', () => {
  const rests = sampleOf({packets: 9, hold: 100});
  const spec = {pid: 7, command: 'captor', memory: [pages('-----', 256)]};
  const evidence = hostOf({captures: [{...spec, before: [9, 0, 100], after: [9, 0, 100]}]});
  const resting = sampled([rests, rests]);
  const looked = takeLook(resting.host, resting.look, lookAt(evidence)).host;

  test('is not looked at again while nothing comes, but now and then', () => {
    expect(resting.look).toEqual(['7 em0 0']);
    let {host} = {host: looked};
    const again = Array.from({length: LOOK_AGAIN}, () => {
      const step = sampled([rests], host);
      host = step.host;
      return step.look.length;
    });
    expect(again).toEqual([...new Array<number>(LOOK_AGAIN - 1).fill(0), 1]);
  });

  test('is looked at when a packet came', () => {
    const step = sampled([sampleOf({packets: 10, store: 50, hold: 100})], looked);
    expect(step.look).toEqual(['7 em0 0']);
  });
});
