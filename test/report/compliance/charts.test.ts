import {expect, test} from 'vitest';

import {stalledCaptures} from '../../../src/report/findings/audit-view.js';
import {trendChart} from '../../../src/report/compliance/charts.js';
import {makeFinding, makeHost} from '../../world.js';

const point = (at: string, totals: object) => ({run: `run of ${at}`, at, totals});

test('the legend has the postures that occur, most urgent first, and no other', () => {
  const {legend} = trendChart([
    point('2026-11-23T08:00:00.000Z', {compliant: 2}),
    point('2026-11-24T08:00:00.000Z', {compliant: 1, broken: 1, unknown: 0}),
  ]);
  expect(legend).toEqual(['broken', 'compliant']);
});

test('a day is a label; where it is there twice, the time of day tells its runs apart', () => {
  const {bars} = trendChart([
    point('2026-11-23T08:00:00.000Z', {broken: 1}),
    point('2026-11-24T08:15:00.000Z', {broken: 1}),
    point('2026-11-24T09:30:00.000Z', {broken: 1}),
  ]);
  expect(bars.map(({label}) => label)).toEqual(['2026-11-23', '11-24 08:15', '11-24 09:30']);
});

test('a capture that no service names is called as its program is', () => {
  const stall = {...makeFinding({rule: 'ZBUF-001', pid: 2713}), program: 'flowtapd'};
  expect(stalledCaptures(makeHost({host: 'fw04', posture: 'broken', findings: [stall]}))).toEqual([
    'flowtapd(2713)',
  ]);
});
