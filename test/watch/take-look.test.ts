import {describe, expect, test} from 'vitest';

import type {Mapping} from '../../src/model/evidence.js';
import type {Waiver} from '../../src/model/waiver.js';
import {lookFailed, takeLook} from '../../src/watch/take-look.js';
import {isOpen, stalledNow} from '../../src/watch/watched-host.js';
import {hostOf, pages} from '../rules/scene.js';

import {eventsOf, lookAt, sampled, sampleOf} from './samples.js';

type Numbers = readonly [packets: number, store: number, hold: number];

const CUT = [pages('C----', 256)];
const OWN = [pages('-----', 256)];
const sampleAt = ([packets, store, hold]: Numbers) => sampleOf({packets, store, hold});
const evidenceOf = (before: Numbers, after: Numbers, memory: readonly Mapping[]) =>
  hostOf({captures: [{pid: 7, command: 'captor', memory, before, after}]});

/** A minute in which nothing moved, and the look's own two samples. */
const LOOKS: readonly (readonly [
  what: string,
  minute: readonly [Numbers, Numbers],
  look: readonly [Numbers, Numbers],
  memory: readonly Mapping[],
  state: string,
])[] = [
  [
    'lost, packets all the time',
    [
      [5, 0, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [11, 60, 99],
    ],
    CUT,
    'stalled',
  ],
  [
    'lost, and none while we look',
    [
      [5, 0, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [9, 40, 99],
    ],
    CUT,
    'stalled',
  ],
  [
    'lost, both buffers full of old packets',
    [
      [9, 40, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [9, 40, 99],
    ],
    CUT,
    'stalled',
  ],
  [
    'it moves while we look',
    [
      [5, 0, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [11, 20, 60],
    ],
    CUT,
    'well',
  ],
  [
    'its buffers are its own',
    [
      [5, 0, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [9, 40, 99],
    ],
    OWN,
    'well',
  ],
  [
    'it rests, and a fork has them',
    [
      [9, 0, 99],
      [9, 0, 99],
    ],
    [
      [9, 0, 99],
      [9, 0, 99],
    ],
    CUT,
    'unknown',
  ],
  [
    'it rests, and nobody has them',
    [
      [9, 0, 99],
      [9, 0, 99],
    ],
    [
      [9, 0, 99],
      [9, 0, 99],
    ],
    OWN,
    'well',
  ],
  [
    'no map',
    [
      [5, 0, 99],
      [9, 40, 99],
    ],
    [
      [9, 40, 99],
      [11, 60, 99],
    ],
    [],
    'unknown',
  ],
];

test.each(LOOKS)('%s', (_, [first, second], [before, after], memory, state) => {
  const {host, look} = sampled([sampleAt(first), sampleAt(second)]);
  expect(look).toEqual(['7 em0 0']);
  const step = takeLook(host, look, lookAt(evidenceOf(before, after, memory)));
  expect([...step.host.captures.values()].map((one) => one.state)).toEqual([state]);
  expect(eventsOf(step.changes)).toEqual(state === 'well' ? [] : [`capture-${state}`]);
});

describe('a capture that is stalled', () => {
  const {host, look} = sampled([sampleAt([5, 0, 99]), sampleAt([9, 40, 99])]);
  const evidence = evidenceOf([9, 40, 99], [11, 60, 99], CUT);
  const stalled = takeLook(host, look, lookAt(evidence));

  test('is told with the words of the rule', () => {
    expect(stalled.changes).toMatchObject([
      {
        event: 'capture-stalled',
        pid: 7,
        program: 'captor',
        interface: 'em0',
        summary: expect.stringContaining('captor (pid 7) on em0 has stopped recording') as string,
        fix: expect.stringContaining('restart captor with a time limit') as string,
      },
    ]);
  });

  test('is told once, and is stalled until it moves or is gone', () => {
    const later = sampled([sampleAt([20, 90, 99]), sampleAt([20, 90, 99])], stalled.host);
    expect([later.each.flat(), later.look, stalledNow(later.host).length]).toEqual([[], [], 1]);
    const moved = sampled([sampleAt([30, 0, 0])], later.host);
    expect(moved.changes).toMatchObject([{event: 'capture-recovered', was: 'stalled'}]);
    const gone = sampled([sampleOf()], later.host);
    expect(gone.changes).toMatchObject([{event: 'capture-gone', was: 'stalled'}]);
  });

  test('is told with the waiver that covers it, and is not counted then', () => {
    const waiver = {
      rule: 'ZBUF-001',
      hosts: ['*'],
      groups: [],
      start: '2026-01-01',
      expiry: '2026-12-31',
      reason: 'a test host',
    } as unknown as Waiver;
    const step = takeLook(host, look, lookAt(evidence, {waivers: [waiver]}));
    expect(step.changes).toMatchObject([
      {event: 'capture-stalled', waived: expect.stringContaining('a test host') as string},
    ]);
    expect(stalledNow(step.host)).toEqual([]);
  });
});

test('a look that fails is told once, and is taken again with the next sample', () => {
  const {host, look} = sampled([sampleAt([5, 0, 99]), sampleAt([9, 40, 99])]);
  const failed = lookFailed(host, look, 'no time');
  expect(eventsOf(failed.changes)).toEqual(['capture-unknown']);
  expect(isOpen(failed.host)).toBe(true);
  const next = sampled([sampleAt([12, 60, 99])], failed.host);
  expect([next.look, lookFailed(next.host, next.look, 'no time').changes]).toEqual([look, []]);
  const looked = takeLook(next.host, look, lookAt(evidenceOf([9, 40, 99], [11, 60, 99], OWN)));
  expect(eventsOf(looked.changes)).toEqual(['capture-recovered']);
});

test('what is gone when it is looked at is left to the next sample', () => {
  const {host, look} = sampled([sampleAt([5, 0, 99]), sampleAt([9, 40, 99])]);
  const step = takeLook(host, look, lookAt(hostOf({captures: []})));
  expect(step.changes).toEqual([]);
});
