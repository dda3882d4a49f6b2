import fc from 'fast-check';
import {expect, test} from 'vitest';

import type {HostResult} from '../../src/model/apply-run.js';
import {inFlight, isFailure, reasonToStop} from '../../src/plan/apply-progress.js';
import {plannedOf} from '../app/change/fleet.js';

const NO_FAILURE: readonly HostResult[] = ['changed', 'already'];
const FAILURES: readonly HostResult[] = ['refused', 'rolled-back', 'lost', 'failed', 'not-started'];

test('whatever is not as planned is a failure: unreachable and refused too', () => {
  for (const result of NO_FAILURE) expect(isFailure(result), result).toBe(false);
  for (const result of FAILURES) expect(isFailure(result), result).toBe(true);
});

test('nothing stops at the limit; one more does, and says how many', () => {
  const two: readonly HostResult[] = ['changed', 'lost', 'already', 'not-started'];
  expect(reasonToStop(two, 10, {unit: 'hosts', count: 2})).toBeUndefined();
  expect(reasonToStop(two, 10, {unit: 'percent', percent: 20})).toBeUndefined();
  expect(reasonToStop(two, 10, {unit: 'percent', percent: 19})).toBe(
    'stopped: 2 of 10 hosts failed, --max-failures allows 1',
  );
  expect(reasonToStop(['refused'], 10, {unit: 'hosts', count: 0})).toBe(
    'stopped: 1 of 10 hosts failed, --max-failures allows 0',
  );
});

test('only failures count, in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...NO_FAILURE, ...FAILURES)),
      fc.nat(20),
      (results, count) => {
        const failures = results.filter((result) => FAILURES.includes(result)).length;
        const stops = reasonToStop(results, results.length, {unit: 'hosts', count}) !== undefined;
        expect(stops).toBe(failures > count);
      },
    ),
  );
});

test('a host that is being changed is lost until something else is known, with the command that finds out', () => {
  const entry = inFlight(plannedOf('fw01'), 'zbufctl apply --resume R');
  expect(entry).toMatchObject({host: 'fw01', result: 'lost'});
  expect(entry.reason).toMatch(/undoes by itself.*zbufctl apply --resume R$/);
  expect(entry.steps.map(({outcome}) => outcome)).toEqual(['not-started', 'not-started']);
});
