import {expect, test} from 'vitest';

import {planAgain, targetOf} from '../../src/plan/plan-again.js';

import {evidenceOf, inputOf, planOf, probeOf, textOf} from './scene.js';

test('a plan that sets 1 under auto is not allowed any more once the probe is too old, though a new plan would be', () => {
  const spec = {
    evidence: evidenceOf({running: '0', sysctlConf: ''}),
    policy: {zerocopy: 'auto'},
  } as const;
  const planned = planOf({...spec, probe: probeOf()});
  expect(targetOf(planned)).toBe(1);
  expect(planAgain(planned, inputOf({...spec, probe: probeOf()})).gate.allowed).toBe(true);

  const old = {...spec, probe: probeOf({}, '2026-01-01T00:00:00Z')};
  expect(planOf(old).gate.allowed).toBe(true);
  expect(planAgain(planned, inputOf(old)).gate).toMatchObject({allowed: false});
  expect(textOf(planAgain(planned, inputOf(old)).gate)).toContain('older than the policy allows');
});

test('a plan that sets 0 stays allowed, whatever the probe', () => {
  const spec = {
    evidence: evidenceOf({running: '1', sysctlConf: ''}),
    policy: {zerocopy: 'off'},
  } as const;
  const planned = planOf(spec);
  expect(targetOf(planned)).toBe(0);
  expect(planAgain(planned, inputOf(spec)).gate.allowed).toBe(true);
});

test('a plan that sets no value is judged as it was made', () => {
  const spec = {evidence: evidenceOf({}), changes: {rc: {x_flags: '1'}}};
  const planned = planOf(spec);
  expect(targetOf(planned)).toBeUndefined();
  expect(planAgain(planned, inputOf(spec)).gate.allowed).toBe(true);
});
