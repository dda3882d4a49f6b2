import {expect, test} from 'vitest';

import {perScene} from '../../../src/rules/reading/per-scene.js';
import {makeEvidence} from '../../world/evidence.js';

test('what is worked out of a scene is worked out once for the same evidence and services', () => {
  let times = 0;
  const ask = perScene(() => (times += 1));
  const [one, other] = [makeEvidence(), makeEvidence()];
  const services = [] as const;

  // Rules, gate and plan each spread a scene of their own.
  expect([ask({evidence: one, services}), ask({evidence: one, services})]).toEqual([1, 1]);
  expect(ask({evidence: other, services})).toBe(2);
  expect(ask({evidence: one, services: []})).toBe(3);
  expect(ask({evidence: one, services})).toBe(1);
});
