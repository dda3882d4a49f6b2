import {readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {mergeStoredRuns} from '../../../src/cli/runs/merge-runs.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import {schemaComplaints} from '../../json-schema.js';
import type {Controller} from '../audit/scripted-fleet.js';
import {REFUSED, scriptedFleet} from '../audit/scripted-fleet.js';

const FLEET = Array.from({length: 12}, (_, i) => `fw${String(i + 1).padStart(2, '0')}`);
const FLAGS = {json: true, output: undefined, 'fail-on': 'high'} as const;

/** Where the run of another controller stands. */
const pathOf = ({state}: Controller, {run}: AuditRun): string => join(state, 'runs', run);

/** What must be the same: all but ids, times and how long each host took. */
const substance = ({hosts, totals, notAssessed, interrupted, asked}: AuditRun) => ({
  hosts: hosts.map(({durationMs: _, evidenceHash, ...host}) => ({
    ...host,
    hasEvidence: evidenceHash !== undefined,
  })),
  totals,
  notAssessed,
  interrupted,
  asked,
});

test('two shards of two controllers merged are the run that one of all would be', async () => {
  const fleet = scriptedFleet(FLEET, (host) => (host === 'fw07' ? REFUSED : undefined));
  const [one, two, whole] = [fleet.controller('a'), fleet.controller('b'), fleet.controller('c')];
  const all = await whole.audit();
  const first = await one.audit({shard: '1/2'});
  const second = await two.audit({shard: '2/2'});
  expect(first.run).toMatchObject({asked: 'named', shard: {part: 1, of: 2, asked: 'inventory'}});
  expect([...one.called, ...two.called].sort()).toEqual(FLEET);
  expect(one.notes[0]).toMatch(/^Shard 1\/2: \d+ of 12 hosts\.$/);

  const code = await mergeStoredRuns([first.run.run, pathOf(two, second.run)], FLAGS, one.world);

  const merged = one.printed();
  expect(substance(merged)).toEqual(substance(all.run));
  expect([code, all.code]).toEqual([4, 4]);
  expect(schemaComplaints('src/report/audit-run.schema.json')(merged)).toEqual([]);
  expect(one.notes.filter((note) => /counts|shard/.test(note))).toEqual([]);
  // Stored like any other: with its evidence, in the chain, and listed as the newest.
  const {store} = one.world;
  expect((await store.evidenceFiles(merged.run)).size).toBe(11);
  expect((await store.verifyChain()).firstBroken).toBeUndefined();
  expect(merged.mergedFrom?.map(({head}) => head)).toEqual([
    await store.head(first.run.run),
    await two.world.store.head(second.run.run),
  ]);
  const listed = {runs: await store.list(), schema: 'zbufctl.runs/1'};
  expect(schemaComplaints('src/report/runs.schema.json')(listed)).toEqual([]);
});

test('a shard without a host is stored, so that nothing is missing from the whole', async () => {
  const controller = scriptedFleet(['fw01']).controller();
  const runs = [await controller.audit({shard: '1/2'}), await controller.audit({shard: '2/2'})];
  expect(runs.map(({code, run}) => [code, run.hosts.length]).sort()).toEqual([
    [0, 0],
    [0, 1],
  ]);
  await mergeStoredRuns(
    runs.map(({run}) => run.run),
    FLAGS,
    controller.world,
  );
  expect(controller.printed().asked).toBe('inventory');
});

test('a missing shard is told, also when it comes later, and the run is no word on the fleet', async () => {
  const controller = scriptedFleet(FLEET).controller();
  const parts: string[] = [];
  for (const shard of ['1/3', '2/3', '3/3']) parts.push((await controller.audit({shard})).run.run);
  await mergeStoredRuns(parts.slice(0, 2), FLAGS, controller.world);
  const partial = controller.printed();
  expect(partial.asked).toBe('named');
  expect(controller.notes).toContain('Without shard 3/3: the merged run does not cover all hosts.');

  await mergeStoredRuns([partial.run, parts[2] ?? ''], FLAGS, controller.world);
  const whole = controller.printed();
  expect(whole.asked).toBe('inventory');
  expect(whole.mergedFrom?.map(({run}) => run)).toEqual(parts);

  await controller
    .audit({shard: '1/2'})
    .then(({run}) => mergeStoredRuns([run.run, parts[0] ?? ''], FLAGS, controller.world));
  expect(controller.notes.join('\n')).toContain('Shards of different wholes (N/2, N/3)');
});

test('of a host in two runs the one that answered counts, then the newer, and it is told', async () => {
  let down = ['fw01'];
  const fleet = scriptedFleet(FLEET, (host) => (down.includes(host) ? REFUSED : undefined));
  const controller = fleet.controller();
  const first = (await controller.audit()).run;
  down = ['fw02'];
  const second = (await controller.audit({}, ['fw01', 'fw02', 'fw03'])).run;

  await mergeStoredRuns([first.run, second.run], FLAGS, controller.world);

  const merged = controller.printed();
  expect(merged.notAssessed).toBe(0);
  expect(merged.asked).toBe('inventory');
  const counts = (host: string, run: AuditRun): string =>
    `${host} is in ${first.run} and ${second.run}: that of ${run.run} counts.`;
  expect(controller.notes).toEqual(
    expect.arrayContaining([counts('fw01', second), counts('fw02', first), counts('fw03', second)]),
  );
});

test.each<readonly [what: string, words: (run: string, path: string) => readonly string[], RegExp]>(
  [
    ['one run', (run) => [run], /nothing to merge/],
    ['one run twice', (run, path) => [run, path], /nothing to merge/],
    ['a path that is no run', (run) => [run, '/etc/passwd'], /not the directory of an audit/],
    [
      'a run that is not there',
      (run, path) => [run, path.replace(/....$/, 'ffff')],
      /there is no run/,
    ],
  ],
)('%s is refused, and nothing is stored', async (_, words, message) => {
  const controller = scriptedFleet(['fw01', 'fw02']).controller();
  const {run} = await controller.audit();
  const merging = mergeStoredRuns(words(run.run, pathOf(controller, run)), FLAGS, controller.world);
  await expect(merging).rejects.toThrow(message);
  expect(await controller.world.store.list()).toHaveLength(1);
});

test('a run that was changed, or lost evidence, is refused, and nothing is stored', async () => {
  const controller = scriptedFleet(['fw01', 'fw02']).controller();
  const runs = [(await controller.audit()).run, (await controller.audit()).run];
  const evidence = join(pathOf(controller, runs[1]!), 'evidence', 'fw01.json');
  const merging = (): Promise<unknown> =>
    mergeStoredRuns(
      runs.map(({run}) => run),
      FLAGS,
      controller.world,
    );
  writeFileSync(evidence, '{}');
  await expect(merging()).rejects.toThrow('was changed');
  rmSync(evidence);
  await expect(merging()).rejects.toThrow('evidence of fw01');
  expect(
    readdirSync(join(controller.state, 'runs')).filter((n) => n.includes('-audit-')),
  ).toHaveLength(2);
});
