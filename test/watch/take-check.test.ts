import {expect, test} from 'vitest';

import {takeCheck} from '../../src/watch/take-check.js';
import {takeLook} from '../../src/watch/take-look.js';
import {hostOf, pages} from '../rules/scene.js';

import type {Counted} from './samples.js';
import {descriptor, eventsOf, lookAt, sampled, sampleOf} from './samples.js';

const CUT = [pages('C----', 256)];
/** The last packet was taken after the first of these; the second has a buffer that is out. */
const BEFORE: Counted = {packets: 5};
const OUT: Counted = {packets: 9, store: 40, hold: 99};

test.each<readonly [what: string, between: Counted | undefined, looked: readonly string[]]>([
  ['packets came, and nobody took them', {...OUT, packets: 12, store: 60}, ['7 em0 0']],
  ['none came, and nobody took those there are', OUT, ['7 em0 0']],
  ['it took what came', {...OUT, packets: 12, hold: 60}, []],
  ['no buffer is out any more', {packets: 12, store: 20}, []],
  ['it counts anew: another descriptor', {...OUT, packets: 2}, []],
  ['it is gone', undefined, []],
  ['it is new', {...OUT, pid: 8}, []],
])('between two samples, %s', (_, between, looked) => {
  const {host} = sampled([sampleOf(BEFORE), sampleOf(OUT)]);
  const sample = sampleOf(...(between === undefined ? [] : [between]));
  expect(takeCheck(host, sample)).toEqual(looked);
});

test('what could not be seen, or is compared with nothing, is left to the next sample', () => {
  const {host} = sampled([sampleOf(BEFORE), sampleOf(OUT)]);
  expect(takeCheck(host, {state: 'unreadable', why: 'x'})).toEqual([]);
  expect(takeCheck({...host, latest: undefined} as never, sampleOf(OUT))).toEqual([]);
});

test('what a look found stands, and what is stalled is not looked at again', () => {
  const {host} = sampled([sampleOf(BEFORE), sampleOf(OUT)]);
  const later = {...OUT, packets: 12, store: 60};
  const [before, after] = [[12, 60, 99] as const, [12, 60, 99] as const];
  const evidence = (memory: readonly ReturnType<typeof pages>[]) =>
    hostOf({captures: [{pid: 7, command: 'captor', memory, before, after}]});
  const stalled = takeLook(host, ['7 em0 0'], lookAt(evidence(CUT)));
  expect(eventsOf(stalled.changes)).toEqual(['capture-stalled']);
  expect(takeCheck(stalled.host, sampleOf(later))).toEqual([]);
  const since = [descriptor(OUT)];
  const own = takeLook(host, ['7 em0 0'], lookAt(evidence([pages('-----', 256)]), {since}));
  expect(takeCheck(own.host, sampleOf(later))).toEqual([]);
});

test('life before the last sample is no excuse for what has not moved since', () => {
  const {host} = sampled([sampleOf(BEFORE), sampleOf(OUT)]);
  // No map: not known. The sample before the last shows life.
  const [before, after] = [[9, 40, 99] as const, [9, 40, 99] as const];
  const evidence = hostOf({captures: [{pid: 7, command: 'captor', memory: [], before, after}]});
  const since = [descriptor(OUT)];
  const looked = takeLook(host, ['7 em0 0'], lookAt(evidence, {since}));
  expect(eventsOf(looked.changes)).toEqual(['capture-unknown']);
});
