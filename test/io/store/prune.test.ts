import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import {planPruning} from '../../../src/app/runs/plan-pruning.js';
import type {PruneRequest} from '../../../src/app/runs/plan-pruning.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import type {Plan} from '../../../src/model/plan.js';
import type {ListedRun} from '../../../src/model/run-summary.js';
import {kindOfRun} from '../../../src/text/run-id.js';
import {schemaComplaints} from '../../json-schema.js';
import {evidenceFor, oneOfEach} from '../../world.js';
import {tempDir} from './temp-dir.js';

const run = (i: number, kind = 'audit'): string =>
  `202611${String(i).padStart(2, '0')}T081500Z-${kind}-00ff`;
const PRUNE = run(28, 'prune');
const quiet = {onNotice: (): void => undefined};

const recordOf = (id: string) =>
  ({
    schema: 'zbufctl.prune/1',
    run: id,
    startedAt: '2026-11-28T08:15:00.000Z',
    tool: {name: 'zbufctl', version: '0.1.0'},
    operator: 'anna@desk',
    retention: {keepDays: 30, atLeast: 1},
    hosts: [],
  }) as const;

async function keep(store: RunStore, id: string): Promise<void> {
  const writer = await store.begin(id);
  for (const host of oneOfEach().hosts.slice(0, 2)) await writer.keepEvidence(evidenceFor(host));
  await writer.finish({...oneOfEach(), run: id});
}

/** A store with audits 1 to 5. */
async function fiveRuns(): Promise<{store: RunStore; dir: string; path: (id: string) => string}> {
  const dir = tempDir();
  const store = new RunStore(dir, quiet);
  for (const i of [1, 2, 3, 4, 5]) await keep(store, run(i));
  return {store, dir, path: (id) => join(dir, 'runs', id)};
}

const prune = (store: RunStore, ids: readonly string[], record = PRUNE) =>
  store.prune(() => Promise.resolve(ids), recordOf(record));

const brokenIn = async (store: RunStore): Promise<string> => {
  const {firstBroken} = await store.verifyChain();
  return firstBroken === undefined ? 'whole' : `${firstBroken.run}: ${firstBroken.problem}`;
};

describe('the chain after a pruning', () => {
  test('is whole, and says which runs were removed, by whom, with their heads', async () => {
    const {store, path} = await fiveRuns();
    const before = (await store.verifyChain()).runs;
    const headOf = (id: string) => (before.get(id) as {head: string}).head;

    const pruned = await prune(store, [run(1), run(2), run(4)]);

    expect(pruned).toEqual({record: PRUNE, removed: [run(1), run(2), run(4)]});
    const check = await store.verifyChain();
    expect(check.firstBroken).toBeUndefined();
    expect([...check.runs.keys()]).toEqual([run(3), run(5), PRUNE]);
    expect(check.head?.run).toBe(PRUNE);
    expect(check.prunings).toHaveLength(1);
    const [pruning] = check.prunings;
    expect(pruning).toMatchObject({record: PRUNE, operator: 'anna@desk'});
    expect(pruning?.removed.map(({run: id, chain}) => [id, chain?.sequence, chain?.head])).toEqual([
      [run(1), 1, headOf(run(1))],
      [run(2), 2, headOf(run(2))],
      [run(4), 4, headOf(run(4))],
    ]);
    const document: unknown = JSON.parse(readFileSync(join(path(PRUNE), 'run.json'), 'utf8'));
    expect(
      schemaComplaints('src/report/runs.schema.json', '#/$defs/pruneRecord')(document),
    ).toEqual([]);
    expect((await store.list()).map(({run: id}) => id)).toEqual([PRUNE, run(5), run(3)]);
    expect(await store.latest()).toBe(run(5));
  });

  test('goes on with the next run and with the next pruning', async () => {
    const {store} = await fiveRuns();
    await prune(store, [run(1), run(2)]);
    await keep(store, run(6));
    await prune(store, [run(3), run(5)], run(29, 'prune'));
    await keep(store, run(7));

    expect(await brokenIn(store)).toBe('whole');
    expect((await store.verifyChain()).prunings.map(({removed}) => removed.length)).toEqual([2, 2]);
    expect((await store.verifyChain()).head?.sequence).toBe(9);
  });

  test('tells a run removed by hand from those removed on purpose, and names what was tampered with', async () => {
    const {store, dir} = await fiveRuns();
    await prune(store, [run(1), run(3)]);
    await keep(store, run(6));
    const cases: readonly (readonly [
      what: string,
      tamper: (path: (id: string) => string) => void,
      found: RegExp,
    ])[] = [
      [
        'the one between',
        (path) => {
          rmSync(path(run(2)), {recursive: true});
        },
        /^\S+02T\S+: run \S+02T\S+ is missing/,
      ],
      [
        'the one behind',
        (path) => {
          rmSync(path(run(4)), {recursive: true});
        },
        /^\S+04T\S+: run \S+04T\S+ is missing/,
      ],
      [
        'the newest',
        (path) => {
          rmSync(path(run(6)), {recursive: true});
        },
        /^\S+06T\S+: .*it was the newest/,
      ],
      [
        'the record',
        (path) => {
          rmSync(path(PRUNE), {recursive: true});
        },
        /is missing/,
      ],
      [
        'one more in the record',
        (path) => {
          rmSync(path(run(2)), {recursive: true});
          const file = join(path(PRUNE), 'run.json');
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll(run(1), run(2)));
        },
        /is missing/,
      ],
      [
        'a head in the record',
        (path) => {
          const file = join(path(PRUNE), 'run.json');
          writeFileSync(file, readFileSync(file, 'utf8').replace(/"head":"..../, '"head":"0000'));
        },
        /is missing/,
      ],
      [
        'the operator in the record',
        (path) => {
          const file = join(path(PRUNE), 'run.json');
          writeFileSync(file, readFileSync(file, 'utf8').replace('anna', 'hugo'));
        },
        /is missing/,
      ],
    ];
    for (const [what, tamper, found] of cases) {
      const copy = tempDir();
      cpSync(dir, copy, {recursive: true});
      tamper((id) => join(copy, 'runs', id));
      expect(`${what}: ${await brokenIn(new RunStore(copy, quiet))}`).toMatch(
        new RegExp(found.source.replace('^', `^${what}: `)),
      );
    }
    expect(await brokenIn(store)).toBe('whole');
  });

  test('does not take a record’s word for a run at another place, or for another record', async () => {
    const {store, dir, path} = await fiveRuns();
    await prune(store, [run(1)]);
    // Somebody removes the newest audit by hand and stores a record of it the way zbufctl would,
    // with a head that never was.
    const chain = JSON.parse(readFileSync(join(path(run(5)), 'chain.json'), 'utf8')) as {
      previous: unknown;
    };
    rmSync(path(run(5)), {recursive: true});
    const forged = {
      run: run(5),
      chain: {sequence: 5, previous: chain.previous, head: '0'.repeat(64)},
    };
    const writer = await new RunStore(dir, quiet).begin(run(29, 'prune'));
    const record = recordOf(run(29, 'prune'));
    await writer.finish({...record, finishedAt: record.startedAt, removed: [forged]});

    expect(await brokenIn(store)).toContain(`it was stored after another run ${run(5)}`);
  });
});

describe('a pruning', () => {
  test('removes nothing, and records nothing, when something stored was changed', async () => {
    const {store, path} = await fiveRuns();
    writeFileSync(join(path(run(4)), 'run.json'), '{}');
    const before = readdirSync(join(path(''))).sort();

    await expect(prune(store, [run(1)])).rejects.toThrow('run.json was changed');
    await expect(prune(store, [run(1)])).rejects.toMatchObject({exitCode: 5});

    expect(readdirSync(path('')).sort()).toEqual(before);
  });

  test('of an unfinished run is recorded without a place in the chain', async () => {
    const {store} = await fiveRuns();
    await (
      await store.begin(run(6))
    ).keepEvidence(evidenceFor({host: 'fw01', address: '192.0.2.1'}));

    await prune(store, [run(6)]);

    expect(await brokenIn(store)).toBe('whole');
    expect((await store.verifyChain()).prunings[0]?.removed).toEqual([{run: run(6)}]);
    expect((await store.list()).map(({run: id}) => id)).not.toContain(run(6));
  });

  test('that died after its record, or half way through the files, leaves a whole chain and is finished by the next', async () => {
    const {store, dir, path} = await fiveRuns();
    const safe = tempDir();
    cpSync(path(''), safe, {recursive: true});
    await prune(store, [run(1), run(2), run(3)]);
    // As if it had died: run 1 is gone, run 2 half removed, run 3 untouched.
    cpSync(join(safe, run(3)), path(run(3)), {recursive: true});
    mkdirSync(path(`.pruned-${run(2)}`));
    cpSync(join(safe, run(2), 'run.json'), path(`.pruned-${run(2)}/run.json`));

    const survivor = new RunStore(dir, quiet);
    expect(await brokenIn(survivor)).toBe('whole');
    expect([...(await survivor.recordedRuns())]).toEqual([run(3)]);
    await keep(survivor, run(7));
    const again = await prune(survivor, [run(3)], run(29, 'prune'));

    expect(again).toEqual({record: undefined, removed: [run(3)]});
    expect(existsSync(path(run(3)))).toBe(false);
    expect(readdirSync(path('')).filter((name) => name.startsWith('.pruned-'))).toEqual([]);
    expect(await brokenIn(survivor)).toBe('whole');
  });

  test('that died before its record was in the chain has removed nothing, and leaves an unfinished run', async () => {
    const {store, path} = await fiveRuns();
    const writer = await store.begin(PRUNE);
    expect(writer.run).toBe(PRUNE);

    expect(await brokenIn(store)).toBe('whole');
    expect(existsSync(path(run(1)))).toBe(true);
    expect((await store.list())[0]).toEqual({state: 'unfinished', run: PRUNE, evidence: 0});
  });

  test('and runs that are stored at the same time do not disturb each other or a check', async () => {
    const {store, dir} = await fiveRuns();
    const others = [11, 12, 13, 14].map((i) => keep(new RunStore(dir, quiet), run(i)));
    const checks = Promise.all(Array.from({length: 6}, () => brokenIn(new RunStore(dir, quiet))));
    const two = await Promise.all([
      prune(new RunStore(dir, quiet), [run(1), run(2)]),
      new RunStore(dir, quiet).prune(
        async () => ((await store.list()).some((r) => r.run === run(3)) ? [run(3)] : []),
        recordOf(run(29, 'prune')),
      ),
    ]);
    await Promise.all(others);

    expect(two.map(({removed}) => removed.length)).toEqual([2, 1]);
    expect(await checks).toEqual(Array(6).fill('whole'));
    expect(await brokenIn(store)).toBe('whole');
    expect((await store.list()).length).toBe(5 - 3 + 4 + 2);
  });

  test('takes a run away whose directory somebody made a link, and not what it points to', async () => {
    const {store, dir, path} = await fiveRuns();
    const outside = join(dir, 'outside');
    renameSync(path(run(1)), outside);
    const {symlinkSync} = await import('node:fs');
    symlinkSync(outside, path(run(1)));

    await prune(store, [run(1)]);

    expect(existsSync(path(run(1)))).toBe(false);
    expect(existsSync(join(outside, 'run.json'))).toBe(true);
  });
});

const NOW = Date.parse('2026-11-30T00:00:00Z');
const finished = (id: string, finishedAt = `2026-11-${id.slice(6, 8)}T08:20:00Z`): ListedRun => ({
  state: 'finished',
  run: id,
  summary: {
    schema: 'zbufctl.run-summary/1',
    run: id,
    kind: kindOfRun(id) ?? 'unknown',
    document: 'zbufctl.audit/1',
    startedAt: finishedAt,
    finishedAt,
    interrupted: false,
    hosts: 1,
    totals: {},
  },
});

const planOf = (runs: readonly ListedRun[], more: Partial<PruneRequest> = {}) =>
  planPruning({
    runs: [...runs].sort((a, b) => (a.run < b.run ? 1 : -1)),
    retention: {keepDays: 10, atLeast: 1},
    now: NOW,
    needs: new Map(),
    beingWritten: new Set(),
    recorded: new Set(),
    baselines: [],
    ...more,
  });
const removed = (plan: ReturnType<typeof planOf>) => plan.remove.map(({run: id}) => id);

describe('what a retention removes', () => {
  test('is what ended so many days ago, but never the newest of each kind', () => {
    const runs = [1, 5, 19, 20, 21].map((i) => finished(run(i)));
    const plan = planOf([...runs, finished(run(2, 'probe')), finished(run(3, 'probe'))]);

    expect(removed(plan)).toEqual([run(1), run(2, 'probe'), run(5), run(19)]);
    expect(plan.spare).toEqual([
      {run: run(3, 'probe'), why: 'one of the newest 1 of its kind (probe)'},
    ]);
    expect(plan.young).toBe(2);
    expect(removed(planOf(runs, {retention: {keepDays: 10, atLeast: 4}}))).toEqual([run(1)]);
  });

  test('is not what a kept apply rests on, however far back, nor a baseline', () => {
    const needs = new Map([
      [run(9, 'apply'), [run(4, 'apply'), run(5)]],
      [run(4, 'apply'), [run(1)]],
      [run(3, 'apply'), [run(2)]],
    ]);
    const runs = [1, 2, 5, 6, 7, 29].map((i) => finished(run(i)));
    const applies = [3, 4, 9].map((i) => finished(run(i, 'apply')));

    const plan = planOf([...runs, ...applies], {needs, baselines: [run(7)]});

    expect(removed(plan)).toEqual([run(2), run(3, 'apply'), run(6)]);
    expect(Object.fromEntries(plan.spare.map((fate) => [fate.run, fate.why]))).toEqual({
      [run(1)]: `run ${run(4, 'apply')} rests on it`,
      [run(4, 'apply')]: `run ${run(9, 'apply')} rests on it`,
      [run(5)]: `run ${run(9, 'apply')} rests on it`,
      [run(7)]: 'named with --baseline',
      [run(9, 'apply')]: 'one of the newest 1 of its kind (apply)',
    });
  });

  test('is an unfinished run only when it is old, nobody writes it, and it changed no host', () => {
    const unfinished = (id: string): ListedRun => ({state: 'unfinished', run: id, evidence: 1});
    const runs = [run(1), run(2), run(29), run(3, 'apply')].map(unfinished);

    const plan = planOf(runs, {beingWritten: new Set([run(2)])});

    expect(removed(plan)).toEqual([run(1)]);
    expect(plan.spare.map(({run: id}) => id)).toEqual([run(2), run(3, 'apply')]);
    const today = planOf([unfinished('20261129T120000Z-audit-00ff')], {
      retention: {keepDays: 1, atLeast: 1},
    });
    expect([removed(today), today.young]).toEqual([[], 1]);
  });

  test('is never a record of a pruning, what cannot be read, or what ended in the future', () => {
    const runs = [
      finished(run(1, 'prune')),
      finished(run(2), '2027-01-01T00:00:00Z'),
      finished(run(4), 'soon'),
    ];
    const plan = planOf([
      ...runs,
      {state: 'unreadable', run: run(3), why: 'EACCES'},
      finished(run(29)),
    ]);

    expect(removed(plan)).toEqual([]);
    expect(plan.spare).toEqual([
      {run: run(3), why: 'it cannot be read: see zbufctl runs --verify'},
    ]);
  });

  test('is what an interrupted pruning left over, whatever its age', () => {
    const plan = planOf([finished(run(29)), finished(run(28))], {recorded: new Set([run(28)])});
    expect(plan.remove).toEqual([
      {run: run(28), why: 'recorded as removed already, and still there'},
    ]);
  });

  test('never is a run that something kept needs, for any store', () => {
    const kinds = fc.constantFrom('audit', 'apply', 'rollback', 'probe');
    const runsOf = fc.uniqueArray(fc.tuple(fc.integer({min: 1, max: 29}), kinds), {
      selector: ([day, kind]) => `${day} ${kind}`,
      minLength: 1,
    });
    fc.assert(
      fc.property(
        runsOf,
        fc.array(fc.tuple(fc.nat(), fc.nat())),
        fc.integer({min: 1, max: 3}),
        (days, pairs, atLeast) => {
          const ids = days.map(([day, kind]) => run(day, kind));
          const pick = (n: number): string => ids[n % ids.length] ?? '';
          const needs = new Map<string, string[]>();
          for (const [a, b] of pairs) needs.set(pick(a), [...(needs.get(pick(a)) ?? []), pick(b)]);
          const plan = planOf(
            ids.map((id) => finished(id)),
            {needs, retention: {keepDays: 10, atLeast}},
          );
          const gone = new Set(removed(plan));

          for (const id of ids) {
            if (gone.has(id)) continue;
            for (const needed of needs.get(id) ?? []) expect(gone.has(needed)).toBe(false);
          }
          expect(plan.remove.length + plan.spare.length + plan.young).toBe(ids.length);
        },
      ),
    );
  });
});

test('what an apply rests on is read from its document and its plan, finished or not', async () => {
  const dir = tempDir();
  const store = new RunStore(dir, quiet);
  const begin = async (id: string, madeFrom?: string) => {
    const writer = await store.begin(id);
    if (madeFrom !== undefined) await writer.keepPlan({madeFrom} as Plan);
    return writer;
  };
  const at = '2026-11-01T00:00:00Z';
  const document = (id: string) => ({schema: 'zbufctl.apply/1', run: id, startedAt: at, hosts: []});
  const first = {...document(run(2, 'apply')), continues: run(3, 'apply'), finishedAt: at};
  await (await begin(run(2, 'apply'), run(1))).finish(first);
  const second = {...document(run(4, 'rollback')), undoes: run(2, 'apply'), continues: '../../etc'};
  await (await begin(run(4, 'rollback'))).saveDraft(second);
  await begin(run(7, 'apply'), run(6));
  await keep(store, run(5));

  const ids = [run(2, 'apply'), run(4, 'rollback'), run(5), run(7, 'apply')];
  const needs = await store.needs(ids);

  expect([...needs.values()]).toEqual([[run(3, 'apply'), run(1)], [run(2, 'apply')], [], [run(6)]]);
  expect([...(await store.beingWritten([run(5), run(7, 'apply')]))]).toEqual([run(7, 'apply')]);
});
