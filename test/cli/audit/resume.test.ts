import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {AuditFlags} from '../../../src/cli/audit/audit-flags.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import {schemaComplaints} from '../../json-schema.js';
import type {Controller} from './scripted-fleet.js';
import {REFUSED, scriptedFleet} from './scripted-fleet.js';

const FLEET = ['fw01', 'fw02', 'fw03', 'fw04', 'fw05', 'fw06'];
/** Larger than any system gives (pid_max on Linux, PID_MAX on FreeBSD). */
const NOBODY = 99_999_999;

/** The one unfinished run of a controller, and its file that says so. */
const unfinished = ({state}: Controller): {readonly run: string; readonly claim: string} => {
  const [run = ''] = readdirSync(join(state, 'runs')).filter((name) => name.includes('-audit-'));
  return {run, claim: join(state, 'runs', run, 'unfinished.json')};
};

/**
 * An audit, one host at a time, whose process ends when it calls `last`: nothing is tidied up, and
 * the process is gone.
 */
async function endedAt(
  last: string,
  flags: Partial<AuditFlags> = {},
  names: readonly string[] = [],
): Promise<Controller> {
  let ended = false;
  const fleet = scriptedFleet(FLEET, (host) => {
    if (host === last && !ended) {
      ended = true;
      throw new Error('the process ended');
    }
    return host === 'fw02' ? REFUSED : undefined;
  });
  const controller = fleet.controller();
  await expect(controller.audit({concurrency: 1, ...flags}, names)).rejects.toThrow(
    'process ended',
  );
  const {claim} = unfinished(controller);
  const text = readFileSync(claim, 'utf8');
  writeFileSync(claim, text.replace(`"pid":${process.pid}`, `"pid":${NOBODY}`));
  controller.called.length = 0;
  return controller;
}

test('a resumed audit asks only who has not answered, and is then one run like any other', async () => {
  const controller = await endedAt('fw05');
  const {run} = unfinished(controller);

  const {run: resumed, code} = await controller.audit({
    resume: run.slice(0, 15),
    inventory: undefined,
  });

  expect([...controller.called].sort()).toEqual(['fw02', 'fw05', 'fw06']);
  expect(controller.notes).toContain(`Resuming run ${run}: 3 of 6 hosts answered then.`);
  expect([resumed.run, code, resumed.asked]).toEqual([run, 4, 'inventory']);
  expect(resumed.hosts.map(({host}) => host)).toEqual(FLEET);
  expect(resumed.startedAt < resumed.finishedAt).toBe(true);
  expect(schemaComplaints('src/report/audit-run.schema.json')(resumed)).toEqual([]);
  const {store} = controller.world;
  expect(await store.verifyChain()).toMatchObject({head: {run}});
  expect((await store.verifyChain()).firstBroken).toBeUndefined();
  expect((await store.list()).map(({state}) => state)).toEqual(['finished']);
  const hashes = [];
  for await (const {host} of store.evidence(run)) hashes.push(host);
  expect(hashes).toEqual(FLEET.filter((host) => host !== 'fw02'));

  // The same as an audit nobody ended.
  const whole = (await controller.audit()).run;
  const substance = ({hosts, totals}: AuditRun) => ({
    totals,
    hosts: hosts.map(({durationMs: _, evidenceHash: __, ...host}) => host),
  });
  expect(substance(resumed)).toEqual(substance(whole));
});

test('a shard, and hosts that were named, are resumed as what they were', async () => {
  const shard = await endedAt('fw06', {shard: '1/2'});
  const before = unfinished(shard).run;
  const {run} = await shard.audit({resume: before});
  expect(run).toMatchObject({asked: 'named', shard: {part: 1, of: 2, asked: 'inventory'}});
  expect(run.hosts.every(({host}) => FLEET.includes(host))).toBe(true);

  const named = await endedAt('fw03', {}, ['fw03', 'root@192.0.2.9:2222']);
  const again = await named.audit({resume: 'latest'});
  expect(again.run.hosts.map(({host}) => host)).toEqual(['fw03', '192.0.2.9:2222']);
  expect(again.run.asked).toBe('named');
});

test('evidence that is not whole is asked for again', async () => {
  const controller = await endedAt('fw04');
  const {run} = unfinished(controller);
  const evidence = join(controller.state, 'runs', run, 'evidence');
  writeFileSync(join(evidence, 'fw01.json'), readFileSync(join(evidence, 'fw01.json')).subarray(9));
  writeFileSync(join(evidence, 'fw03.json'), readFileSync(join(evidence, 'fw01.json')));

  await controller.audit({resume: run});

  expect([...controller.called].sort()).toEqual(FLEET);
  expect((await controller.world.store.verifyChain()).firstBroken).toBeUndefined();
});

test('a host the inventory lost meanwhile keeps what it said, or is unreachable', async () => {
  const controller = await endedAt('fw04');
  const {run, claim} = unfinished(controller);
  const inventory = /"inventory":\["([^"]+)"\]/.exec(readFileSync(claim, 'utf8'))?.[1] ?? '';
  writeFileSync(inventory, 'groups: {edge: {hosts: [fw02, fw05, fw06]}}\n');

  const {run: resumed} = await controller.audit({resume: run, inventory: undefined});

  expect([...controller.called].sort()).toEqual(['fw02', 'fw05', 'fw06']);
  expect(resumed.hosts.map(({host, posture}) => `${host} ${posture}`)).toEqual([
    'fw01 not-applicable',
    'fw02 unreachable',
    'fw03 not-applicable',
    'fw04 unreachable',
    'fw05 not-applicable',
    'fw06 not-applicable',
  ]);
});

test('a run that is finished, still going on, or of an older version is not resumed', async () => {
  const controller = await endedAt('fw04');
  const {run, claim} = unfinished(controller);
  const begun = readFileSync(claim, 'utf8');
  const resume = (): Promise<unknown> => controller.audit({resume: run});

  writeFileSync(claim, begun.replace(String(NOBODY), String(process.pid)));
  await expect(resume()).rejects.toThrow('still going on');
  writeFileSync(claim, JSON.stringify({schema: 'zbufctl.run-unfinished/1', run, pid: NOBODY}));
  await expect(resume()).rejects.toThrow('does not say whom it was to ask');
  expect(controller.called).toEqual([]);
  writeFileSync(claim, begun);
  await expect(controller.audit({resume: run}, ['fw01'])).rejects.toThrow('takes no host');
  await resume();
  await expect(resume()).rejects.toThrow('is finished');
});
