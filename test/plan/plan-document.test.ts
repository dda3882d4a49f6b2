import {execFile} from 'node:child_process';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {rolldown} from 'rolldown';
import {expect, test} from 'vitest';

import {PlanStore} from '../../src/io/store/plan-store.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import type {Plan} from '../../src/model/plan.js';
import {makePlan} from '../../src/plan/make-plan.js';
import {planText, readPlan} from '../../src/plan/plan-document.js';
import {planIdOf} from '../../src/plan/plan-id.js';
import {freshFolder} from '../e2e/cli.js';
import {schemaComplaints} from '../json-schema.js';

import {evidenceOf, inputOf, NOW, pflogd} from './scene.js';

const stalled = evidenceOf({
  running: '1',
  sysctlConf: 'net.bpf.zerocopy_enable=1\n',
  enabled: ['/etc/rc.d/pflog'],
  variables: {pflog_enable: 'YES'},
  captures: [pflogd('stalled')],
});

const planAt = (madeAt: string): Plan =>
  makePlan({
    hosts: [
      {
        state: 'evidence',
        ...inputOf({evidence: stalled, policy: {zerocopy: 'off'}, changes: {rc: {x_flags: ''}}}),
      },
      {
        state: 'failure',
        host: 'fw02',
        address: '192.0.2.2',
        policy: {},
        posture: 'unreachable',
        failure: {message: 'nothing listens', fix: 'Look.'},
      },
    ],
    madeFrom: '20261124T081500Z-audit-3f9a',
    madeAt,
    version: '0.1.0',
  });
const plan = planAt(NOW);
const schema = loadSchema('plan/plan');
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const refusal = (value: unknown): string => {
  const result = readPlan(bytesOf(value), 'p.json', schema);
  return result.ok ? '' : result.error.message;
};
/** A plan that was changed and whose id was made to fit. */
const forged = (change: object): unknown => {
  const {id: _id, ...rest} = {...plan, ...change};
  return {...rest, id: planIdOf(rest)};
};

test('a plan keeps to its published schema, reads back as it was, and is canonical', () => {
  expect(schemaComplaints('src/plan/plan.schema.json', '', false)(plan)).toEqual([]);
  expect(readPlan(Buffer.from(planText(plan)), 'p', schema)).toEqual({ok: true, value: plan});
  expect(plan.id).toMatch(/^plan-20261124T120000Z-[0-9a-f]{32}$/);
  expect(planAt(NOW)).toEqual(plan);
  expect(plan.hosts[1]).toMatchObject({
    state: 'unreachable',
    gate: {allowed: false, reasons: [{kind: 'gap', text: 'nothing listens', remedy: 'Look.'}]},
    steps: [],
  });
});

test('another version, another document and no document are refused by name', () => {
  expect(refusal({...plan, schema: 'zbufctl.plan/2'})).toContain(
    'p.json is zbufctl.plan/2; this zbufctl reads zbufctl.plan/1',
  );
  expect(refusal({schema: 'zbufctl.audit/1'})).toContain('zbufctl.audit/1, not zbufctl.plan/1');
  expect(refusal([])).toContain('no zbufctl document');
  expect(readPlan(Buffer.from('{'), 'x', schema)).toMatchObject({
    ok: false,
    error: {message: 'x is not JSON'},
  });
});

test('the short id of an older version vouches for nothing, and is refused by name', async () => {
  const old = 'plan-20261124T120000Z-cf72';
  expect(refusal({...plan, id: old})).toContain(`p.json is ${old}, of an older zbufctl`);
  await expect(new PlanStore(freshFolder()).resolve(old)).rejects.toThrow('an id of 16 bits');
});

test('whatever is not what a plan may hold is refused with its path', () => {
  const [host] = plan.hosts;
  const step = host?.steps.find(({kind}) => kind === 'set-running');
  const withStep = (change: object): unknown =>
    forged({hosts: [{...host, steps: [{...step, ...change}]}]});
  expect(refusal(withStep({oid: 'kern.securelevel'}))).toContain('/hosts/0/steps/0/oid');
  expect(refusal(withStep({kind: 'run', command: 'reboot'}))).toContain('/hosts/0/steps/0');
  expect(refusal(withStep({extra: 1}))).toContain('additional properties');
  expect(refusal(withStep({inverse: {kind: 'write-boot', file: '/etc/passwd'}}))).toContain(
    '/hosts/0/steps/0/inverse',
  );
  expect(refusal(forged({hosts: [{...host, gate: {allowed: 'yes'}}]}))).toContain('/hosts/0/gate');
  expect(refusal(forged({hosts: [host, host]}))).toContain('has the host fw01.example.net twice');
});

test('a plan that was changed by hand is not the plan of its id any more', () => {
  const [host, other] = plan.hosts;
  expect(refusal({...plan, hosts: [{...host, address: '192.0.2.66'}, other]})).toContain(
    'was changed after it was made',
  );
});

test('the store keeps plans, finds them by id, start, path and latest, and marks one as used once', async () => {
  const state = freshFolder();
  const store = new PlanStore(state);
  const older = planAt('2026-11-24T11:00:00.000Z');
  await store.save(older);
  const path = await store.save(plan);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(store.folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(path, 'utf8')).toBe(planText(plan));

  for (const word of ['latest', plan.id, plan.id.slice(0, 17), '20261124T12', path])
    expect((await store.resolve(word)).name).toBe(path);
  await expect(store.resolve('plan-2026')).rejects.toThrow(older.id);
  await expect(store.resolve('plan-2027')).rejects.toThrow('no plan');
  await expect(store.resolve('./nothing.json')).rejects.toThrow('not there');

  expect(await store.usedBy(plan.id)).toBeUndefined();
  expect(await store.markUsed(plan.id, 'run-a')).toBeUndefined();
  expect(await store.markUsed(plan.id, 'run-b')).toBe('run-a');
  expect(await store.usedBy(plan.id)).toBe('run-a');
  expect(await store.usedBy(older.id)).toBeUndefined();
  await expect(store.markUsed('../../etc/x', 'run')).rejects.toThrow('is not a plan id');
});

test(
  'of many controllers at the same time one marks the plan, and every other is told its run',
  {timeout: 60_000},
  async () => {
    const state = freshFolder();
    const script = join(state, 'mark.mjs');
    writeFileSync(
      script,
      `import {PlanStore} from './plan-store.js';
     const [run] = process.argv.slice(2);
     process.stdout.write(String(await new PlanStore(${JSON.stringify(state)}).markUsed(${JSON.stringify(plan.id)}, run)));`,
    );
    const bundle = await rolldown({input: 'src/io/store/plan-store.ts', platform: 'node'});
    await bundle.write({file: join(state, 'plan-store.js'), format: 'esm'});
    writeFileSync(join(state, 'package.json'), '{"type": "module"}');
    const runs = Array.from({length: 6}, (_, i) => `run-${i}`);
    const said = await Promise.all(
      runs.map(async (run) => (await promisify(execFile)(process.execPath, [script, run])).stdout),
    );
    const winners = runs.filter((_, i) => said[i] === 'undefined');
    expect(winners).toHaveLength(1);
    expect(said.filter((s) => s !== 'undefined')).toEqual(
      Array.from({length: 5}, () => winners[0]),
    );
  },
);

test('a store that was never used has no plan, and no directory is made by looking', async () => {
  const store = new PlanStore(join(freshFolder(), 'never'));
  await expect(store.resolve('latest')).rejects.toThrow('no plan "latest"');
  expect(await store.ids()).toEqual([]);
});
