import {readdirSync} from 'node:fs';

import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import {applyPlan} from '../../../src/app/change/apply-plan.js';
import type {ApplyRun, HostResult} from '../../../src/model/apply-run.js';
import {PLAN_ID_DIGITS} from '../../../src/text/plan-id.js';
import {schemaComplaints} from '../../json-schema.js';
import {HOSTILE} from '../../world.js';

import {EARLIER, entryOf, fleet, OPTIONS, RUN, targetOf} from './fleet.js';

const complaints = schemaComplaints('src/report/apply-run.schema.json');
const RESULTS = [
  'changed',
  'already',
  'refused',
  'rolled-back',
  'lost',
  'failed',
  'not-started',
] as const satisfies readonly HostResult[];
const ROLLBACK = RUN.replace('apply', 'rollback');

/** A run that the code made, with every state of it that was put on disk. */
async function runsOf(
  results: readonly HostResult[],
  change: Partial<typeof OPTIONS> = {},
): Promise<readonly ApplyRun[]> {
  const {deps, drafts} = fleet();
  const targets = results.map((_, i) => targetOf(`fw${i}`));
  await applyPlan(
    targets,
    {...OPTIONS, maxFailures: undefined, ...change},
    deps,
    async (target, hostDeps) => {
      await hostDeps.beforeChange(target.planned.host);
      return entryOf(target, results[Number(target.planned.host.slice(2))] ?? 'lost');
    },
  );
  return drafts;
}

test('every run the code makes keeps to the published schema, from the first draft to the last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...RESULTS), {maxLength: 12}), async (results) => {
      const kinds = [{}, {continues: EARLIER}, {run: ROLLBACK, undoes: EARLIER}];
      for (const kind of kinds)
        for (const run of await runsOf(results, kind)) expect(complaints(run)).toEqual([]);
    }),
    {numRuns: 50},
  );
});

test('what a host or an inventory says may be anything', async () => {
  const [run] = await runsOf(['lost']);
  for (const text of Object.values(HOSTILE)) {
    const steps = [{kind: 'set-running', outcome: 'failed', detail: text}];
    expect(
      complaints({
        ...run,
        hosts: [{...run?.hosts[0], host: text, result: 'failed', reason: text, steps}],
      }),
    ).toEqual([]);
  }
});

describe('what is broken does not pass', () => {
  test.each<[string, (run: ApplyRun) => unknown]>([
    ['no document', () => null],
    ['another version', (run) => ({...run, schema: 'zbufctl.apply/2'})],
    ['an unknown member', (run) => ({...run, exitCode: 0})],
    ['no operator', ({operator: _, ...run}) => run],
    ['no hosts', ({hosts: _, ...run}) => run],
    ['a run that is a path', (run) => ({...run, run: '../../etc'})],
    ['an id of an audit', (run) => ({...run, run: RUN.replace('apply', 'audit')})],
    ['an apply that undoes', (run) => ({...run, undoes: EARLIER})],
    ['a rollback that says nothing of what it undid', (run) => ({...run, run: ROLLBACK})],
    [
      'a rollback that also goes on',
      (run) => ({...run, run: ROLLBACK, undoes: EARLIER, continues: EARLIER}),
    ],
    ['a plan by its file', (run) => ({...run, plan: 'plan.json'})],
    ['a time without UTC', (run) => ({...run, startedAt: '2026-11-24T12:00:00+01:00'})],
    ['an unknown result', (run) => ({...run, hosts: [{...run.hosts[0], result: 'fine'}]})],
    ['an unknown posture', (run) => ({...run, hosts: [{...run.hosts[0], postureAfter: 'fine'}]})],
    ['an empty reason', (run) => ({...run, hosts: [{...run.hosts[0], reason: ''}]})],
    ['a host without steps', (run) => ({...run, hosts: [{...run.hosts[0], steps: undefined}]})],
    ['a host without a name', (run) => ({...run, hosts: [{...run.hosts[0], host: ''}]})],
    ['an unknown member of a host', (run) => ({...run, hosts: [{...run.hosts[0], exitCode: 1}]})],
    [
      'a step of another kind',
      (run) => ({
        ...run,
        hosts: [{...run.hosts[0], steps: [{kind: 'run', outcome: 'changed', detail: ''}]}],
      }),
    ],
    [
      'a step without a detail',
      (run) => ({
        ...run,
        hosts: [{...run.hosts[0], steps: [{kind: 'verify', outcome: 'already'}]}],
      }),
    ],
  ])('%s', async (_, broken) => {
    const run = (await runsOf(['changed'])).at(-1);
    if (run === undefined) throw new Error('no run');

    expect(complaints(run)).toEqual([]);
    // Plans are named by 128 bits, and were by 16.
    for (const digits of [PLAN_ID_DIGITS, 4])
      expect(complaints({...run, plan: `plan-20261124T081500Z-${'0'.repeat(digits)}`})).toEqual([]);
    expect(complaints(broken(run))).not.toEqual([]);
  });
});

test('the schemas of plans and of runs that change hosts are published, and refuse other documents', () => {
  const published = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter((f) =>
    f.endsWith('.schema.json'),
  );
  expect(published).toContain('plan/plan.schema.json');
  expect(published).toContain('report/apply-run.schema.json');
  // The conditions of the plan's steps name members that stand in another branch.
  const planComplaints = schemaComplaints('src/plan/plan.schema.json', '', false);
  for (const other of [{}, {schema: 'zbufctl.evidence/1'}, []]) {
    expect(planComplaints(other)).not.toEqual([]);
    expect(complaints(other)).not.toEqual([]);
  }
});
