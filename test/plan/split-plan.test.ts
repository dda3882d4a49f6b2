import {expect, test} from 'vitest';

import {loadSchema} from '../../src/io/package/schemas.js';
import {planText, readPlan} from '../../src/plan/plan-document.js';
import {makePlan} from '../../src/plan/make-plan.js';
import {splitPlan} from '../../src/plan/split-plan.js';

const lost = (host: string, zerocopy: 'off' | 'on') =>
  ({
    state: 'failure',
    host,
    address: host,
    policy: {zerocopy},
    posture: 'unreachable',
    failure: {message: 'nothing listens', fix: 'Look.'},
  }) as const;

test('each host of a plan has a whole plan of its own, with its policy and another id', () => {
  const about = {
    madeFrom: '20261124T081500Z-audit-3f9a',
    madeAt: '2026-11-24T08:16:00.000Z',
    version: '0',
  };
  const plan = makePlan({
    hosts: [lost('fw01', 'off'), lost('fw02', 'off'), lost('fw03', 'on')],
    ...about,
  });
  const split = splitPlan(plan);
  expect(split.map(({hosts}) => hosts.map(({host}) => host))).toEqual([
    ['fw01'],
    ['fw02'],
    ['fw03'],
  ]);
  expect(new Set([plan, ...split].map(({id}) => id)).size).toBe(4);
  // The very plan that planning this host alone makes.
  expect(split[2]).toEqual(makePlan({hosts: [lost('fw03', 'on')], ...about}));
  const text = Buffer.from(planText(split[0] ?? plan));
  expect(readPlan(text, 'plan', loadSchema('plan/plan'))).toMatchObject({ok: true});
});
