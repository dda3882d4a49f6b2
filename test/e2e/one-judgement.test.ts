import {afterAll, beforeAll, expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';
import type {ApplyRun} from '../../src/model/apply-run.js';
import type {Plan} from '../../src/model/plan.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {documentOf} from './cli.js';

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    [
      {name: 'house', scenario: 'in-house-stalled'},
      {name: 'fine', scenario: 'healthy'},
      {name: 'gone', scenario: 'refuses'},
    ],
    'zerocopy: off\n',
  );
}, 120_000);
afterAll(async () => {
  await fleet.stop();
});

test(
  'a capture that only a person can restart: said by plan, apply, its exit code and the next plan',
  {timeout: 120_000},
  async () => {
    const plan = await fleet.plan(['house', 'fine']);
    expect(plan.totals).toEqual({changes: 1, nothing: 1});
    const [house] = plan.hosts;
    expect(house).toMatchObject({state: 'changes', posture: 'broken'});
    expect(house?.byHand).toHaveLength(1);
    for (const {why} of house?.steps ?? []) expect(why).not.toContain('ZBUF-001');

    const ran = await fleet.run(['apply', plan.id, ...fleet.where, '--yes']);

    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/^broken +1 +1$/m);
    expect(ran.stdout).toMatch(/^compliant +1 +1$/m);
    expect(ran.stdout).toMatch(/Still to do by hand \(1 host\):\n +house: .*pid \d+/);
    expect(ran.stdout).toMatch(/^ +kill -KILL \d+$/m);
    expect(ran.stdout).toContain('Critical or high findings stand on 1 host: house ZBUF-001');
    expect(ran.stderr).not.toContain('Nothing was changed');

    const stored = JSON.parse(
      (await fleet.run(['runs', 'show', 'latest', '--json'])).stdout,
    ) as ApplyRun;
    expect(stored.hosts.find(({host}) => host === 'house')).toMatchObject({
      result: 'changed',
      postureBefore: 'broken',
      postureAfter: 'broken',
      standing: [
        {rule: 'ZBUF-001', severity: 'critical'},
        {rule: 'ZBUF-013', severity: 'high'},
      ],
    });

    // Every host of it is done: nothing is left to resume.
    const again = await fleet.run(['apply', plan.id, ...fleet.where, '--yes']);
    expect(again.code).toBe(5);
    expect(again.stderr).toContain('finished every host');
    expect(again.stderr).not.toContain('--resume');

    const next = await fleet.run(['plan', 'house', 'fine', ...fleet.where]);
    expect(next.code).toBe(3);
    expect(next.stdout).toContain('house: to do by hand');
    expect(next.stdout).toContain('2 hosts: 0 to change, 1 by hand, 1 with nothing to do.');
  },
);

test(
  'code 4 says what was not assessed, and that findings stand beside it',
  {timeout: 120_000},
  async () => {
    const audit = await fleet.run(['audit', ...fleet.where, '--json']);
    expect(audit.code).toBe(4);
    expect(audit.stderr).toContain(
      'Exit code 4: not assessed: 1 host (gone); findings stand beside it.',
    );
    expect((documentOf(audit) as AuditRun).notAssessed).toBe(1);

    const plan = await fleet.run(['plan', 'fine', 'gone', ...fleet.where, '--json']);
    expect(plan.code).toBe(4);
    expect(plan.stderr).toContain('Exit code 4: not assessed: 1 host (gone)');
    const {id, totals} = documentOf(plan) as Plan;
    expect(totals).toEqual({nothing: 1, unreachable: 1});

    const apply = await fleet.run(['apply', id, ...fleet.where, '--yes']);
    expect(apply.code).toBe(4);
    expect(apply.stderr).toContain('Exit code 4: not assessed: 1 host (gone)');
  },
);
