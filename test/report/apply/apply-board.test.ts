import {stripVTControlCharacters} from 'node:util';

import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';

import type {HostResult} from '../../../src/model/apply-run.js';
import type {BoardState} from '../../../src/report/apply/apply-board.js';
import {applyBoard} from '../../../src/report/apply/apply-board.js';
import {painter} from '../../../src/report/terminal/paint.js';
import {HOSTILE} from '../../world.js';
import {often} from '../../tools/sampled.js';

const plain = painter(false);
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const stateOf = (change: Partial<BoardState> = {}): BoardState => ({
  total: 40,
  counts: new Map<HostResult, number>([
    ['changed', 3],
    ['lost', 1],
  ]),
  inFlight: [],
  troubles: [],
  wave: 'wave 2 (10)',
  elapsedMs: 61_400,
  now: 100_000,
  ...change,
});

test('how far it is, what came of it (worst first), which wave, how long', () => {
  expect(applyBoard(stateOf(), 80, plain)).toBe(
    '4/40 hosts · 1 lost · 3 changed · wave 2 (10) · 61 s',
  );
  expect(applyBoard(stateOf({counts: new Map(), wave: ''}), 80, plain)).toBe('0/40 hosts · 61 s');
});

test('who is at what for how long, the longest first; of many the rest is counted', () => {
  const inFlight = [
    {host: 'fw02', stage: 'changing', since: 97_000},
    {host: 'fw01', stage: 'verifying', since: 90_000},
  ];
  expect(
    applyBoard(stateOf({inFlight: inFlight}), 80, plain)
      .split('\n')
      .slice(1),
  ).toEqual(['  fw01  verifying, 10 s', '  fw02  changing, 3 s']);
  const many = Array.from({length: 32}, (_, i) => ({host: `fw${i}`, stage: 'changing', since: i}));
  const lines = applyBoard(stateOf({inFlight: many}), 80, plain).split('\n');
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('  and 24 more');
});

test('the newest troubles, with the reason; a board does not grow with the fleet', () => {
  const troubles = Array.from({length: 9}, (_, i) => ({
    host: `fw${i}`,
    result: 'lost',
    reason: `reason ${i}`,
  }));
  const lines = applyBoard(stateOf({troubles}), 80, plain).split('\n').slice(1);
  expect(lines).toEqual([5, 6, 7, 8].map((i) => `  lost: fw${i}: reason ${i}`));
});

test('no text of a host acts on the terminal, no line is as wide as it, no colour without one', () => {
  const texts = Object.values(HOSTILE);
  const nasty = fc.oneof(fc.constantFrom(...texts), fc.string({unit: 'binary', maxLength: 100}));
  const trouble = fc.record({
    host: nasty,
    result: fc.constantFrom('lost', 'failed', 'other'),
    reason: nasty,
  });
  const atWork = fc.record({host: nasty, stage: fc.constant('changing'), since: fc.nat(100_000)});
  fc.assert(
    fc.property(
      fc.array(trouble, {maxLength: 6}),
      fc.array(atWork, {maxLength: 12}),
      fc.integer({min: 4, max: 120}),
      (troubles, inFlight, width) => {
        const state = stateOf({troubles, inFlight: inFlight});
        const text = applyBoard(state, width, plain);
        expect(text.replaceAll('\n', '')).not.toMatch(ACTIVE);
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThan(width);
        expect(text.split('\n').length).toBeLessThanOrEqual(14);
        expect(stripVTControlCharacters(applyBoard(state, width, painter(true)))).toBe(text);
      },
    ),
    {numRuns: often(150)},
  );
});
