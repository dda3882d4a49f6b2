import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import type {HostDeps} from '../../../src/app/change/apply-options.js';
import type {FleetOptions, Target} from '../../../src/app/change/apply-plan.js';
import {applyPlan} from '../../../src/app/change/apply-plan.js';
import type {Evidence} from '../../../src/model/evidence.js';
import type {AppliedHost, ApplyRun, HostResult} from '../../../src/model/apply-run.js';
import {isFailure} from '../../../src/plan/apply-progress.js';
import type {Share} from '../../../src/plan/share.js';
import {hostsIn} from '../../../src/plan/share.js';

import {EARLIER, entryOf, fleet, OPTIONS, RUN, targetOf} from './fleet.js';
import {often} from '../../tools/sampled.js';

interface Played {
  readonly run: ApplyRun;
  readonly drafts: readonly ApplyRun[];
  /** Hosts in the order work on them began. */
  readonly started: readonly string[];
  readonly waves: readonly string[];
  /** Started after this many had failed. */
  readonly mostInFlight: number;
}

/**
 * Carries a plan out on hosts that come to the results given, one after the other where nothing
 * else is said.
 */
async function play(
  results: readonly HostResult[],
  change: Partial<FleetOptions> = {},
  during: (target: Target, stop: AbortController) => Promise<void> | void = () => undefined,
): Promise<Played> {
  const {deps, drafts, waves, stop} = fleet();
  const started: string[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const work = async (target: Target, hostDeps: HostDeps): Promise<AppliedHost> => {
    const {host} = target.planned;
    started.push(host);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    await hostDeps.beforeChange(host);
    await during(target, stop);
    inFlight -= 1;
    return entryOf(target, results[Number(host.slice(2))] ?? 'lost');
  };
  const targets = results.map((_, i) => targetOf(`fw${i}`));
  const run = await applyPlan(targets, {...OPTIONS, concurrency: 1, ...change}, deps, work);
  return {run, drafts, started, waves, mostInFlight};
}
const resultsOf = (run: ApplyRun | undefined): readonly string[] =>
  (run?.hosts ?? []).map(({result}) => result);
const reasonOf = (run: ApplyRun, name: string): string =>
  run.hosts.find(({host}) => host === name)?.reason ?? '';
const hosts = (count: number): Share => ({unit: 'hosts', count});

describe('the order', () => {
  test('canaries, then batch after batch, none before the one before is done', async () => {
    let open = 0;
    const {started, waves} = await play(
      Array.from({length: 7}, () => 'changed' as const),
      {canaries: 2, batch: hosts(3), concurrency: 8},
      async ({planned}) => {
        const wave = ['fw0', 'fw1'].includes(planned.host)
          ? 2
          : ['fw5', 'fw6'].includes(planned.host)
            ? 2
            : 3;
        open += 1;
        expect(open).toBeLessThanOrEqual(wave);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
      },
    );
    expect(waves).toEqual(['canary 2', 'batch 3', 'batch 2']);
    expect(started).toEqual(['fw0', 'fw1', 'fw2', 'fw3', 'fw4', 'fw5', 'fw6']);
  });

  test('no more at a time than asked for', async () => {
    const {mostInFlight} = await play(
      Array.from({length: 9}, () => 'changed' as const),
      {concurrency: 3},
      () => new Promise((resolve) => setImmediate(resolve)),
    );
    expect(mostInFlight).toBe(3);
  });
});

describe('failures', () => {
  test.each(['refused', 'rolled-back', 'lost', 'failed', 'not-started'] as const)(
    'a canary that is %s stops everything, however many failures are allowed',
    async (result) => {
      const {run, started} = await play([result, 'changed', 'changed'], {
        canaries: 1,
        maxFailures: hosts(99),
      });
      expect(started).toEqual(['fw0']);
      expect(resultsOf(run)).toEqual([result, 'not-started', 'not-started']);
      expect(run.notAssessed).toBe(result === 'not-started' ? 3 : 2);
      expect(reasonOf(run, 'fw1')).toBe(`stopped: the canary fw0 was not changed (${result})`);
    },
  );

  test('as many as allowed stop nothing, unreachable and refused hosts among them; one more does', async () => {
    const {run, started} = await play(
      ['not-started', 'changed', 'refused', 'rolled-back', 'changed', 'changed'],
      {maxFailures: hosts(2)},
    );
    expect(started).toEqual(['fw0', 'fw1', 'fw2', 'fw3']);
    expect(reasonOf(run, 'fw5')).toBe('stopped: 3 of 6 hosts failed, --max-failures allows 2');
    expect(reasonOf(run, 'fw0')).toBe('it was not-started');
  });

  test('to a rollback, rolled back is a success, and a canary that was not stops everything', async () => {
    const undo = {
      undoes: RUN,
      run: RUN.replace('apply', 'rollback'),
      canaries: 1,
      maxFailures: hosts(0),
    };
    const fine = await play(['rolled-back', 'rolled-back', 'rolled-back'], undo);
    expect(fine.started).toHaveLength(3);
    const {run, started} = await play(['failed', 'rolled-back', 'rolled-back'], undo);
    expect(started).toEqual(['fw0']);
    expect(reasonOf(run, 'fw1')).toBe('stopped: the canary fw0 was not rolled back (failed)');
    const late = await play(['rolled-back', 'lost', 'rolled-back'], undo);
    expect(late.started).toEqual(['fw0', 'fw1']);
  });

  test('a limit in percent is one of the hosts there is something to do on', async () => {
    const {started} = await play(
      Array.from({length: 8}, () => 'lost' as const),
      {maxFailures: {unit: 'percent', percent: 25}},
    );
    expect(started).toHaveLength(3);
  });

  test('without a limit every host is tried', async () => {
    const {started} = await play(['lost', 'failed', 'changed'], {
      maxFailures: undefined,
      canaries: 1,
    });
    expect(started).toHaveLength(3);
  });
});

test('Ctrl-C: hosts in flight are seen through, no other is started, and the run says why', async () => {
  const {run, started} = await play(
    ['changed', 'changed', 'changed', 'changed'],
    {concurrency: 2},
    async ({planned}, stop) => {
      if (planned.host === 'fw0') stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
  );
  expect(started).toEqual(['fw0', 'fw1']);
  expect(resultsOf(run)).toEqual(['changed', 'changed', 'not-started', 'not-started']);
  expect(reasonOf(run, 'fw3')).toBe('stopped by the operator');
  expect(run.interrupted).toBe(true);
});

describe('what is on disk', () => {
  test('names every host before the first is touched, and says lost of a host before it is changed', async () => {
    const {deps, drafts} = fleet();
    const seen: (readonly string[])[] = [];
    await applyPlan(
      [targetOf('fw0'), targetOf('fw1')],
      {...OPTIONS, concurrency: 1},
      deps,
      async (target, hostDeps) => {
        seen.push(resultsOf(drafts.at(-1)));
        await hostDeps.beforeChange(target.planned.host);
        seen.push(resultsOf(drafts.at(-1)));
        return entryOf(target, 'changed');
      },
    );
    expect(seen).toEqual([
      ['not-started', 'not-started'],
      ['lost', 'not-started'],
      ['changed', 'not-started'],
      ['changed', 'lost'],
    ]);
    expect(drafts.slice(0, -1).every(({finishedAt}) => finishedAt === undefined)).toBe(true);
    expect(drafts.at(-1)).toMatchObject({
      finishedAt: '2026-11-24T12:00:00.000Z',
      interrupted: false,
    });
  });

  test('of a host an earlier run lost it stays lost until it was asked, with the run that knows', async () => {
    const {deps, drafts} = fleet();
    const standing: AppliedHost = {...entryOf(targetOf('fw1'), 'lost'), journal: EARLIER};
    const targets = [targetOf('fw0'), {...targetOf('fw1'), standing}];
    const options = {...OPTIONS, canaries: 1, continues: EARLIER};
    const run = await applyPlan(targets, options, deps, (target) =>
      Promise.resolve(entryOf(target, 'refused')),
    );
    expect(drafts[0]?.hosts[1]).toEqual(standing);
    expect(run.hosts[1]).toEqual(standing);
  });
});

test('hosts the plan refuses or has nothing for are in the run, in their places, and count for no limit', async () => {
  const {deps, waves} = fleet();
  const targets = [
    targetOf('fw0', {
      state: 'refused',
      gate: {allowed: false, reasons: [{kind: 'refusal', text: 'jail'}]},
    }),
    targetOf('fw1'),
    targetOf('fw2', {state: 'nothing', steps: []}),
    targetOf('fw3'),
  ];
  const run = await applyPlan(targets, OPTIONS, deps, (target) => {
    const {host, gate, steps} = target.planned;
    const result = !gate.allowed ? 'refused' : steps.length === 0 ? 'already' : 'changed';
    return Promise.resolve({...entryOf(target, result), host});
  });
  expect(run.hosts.map(({host, result}) => `${host} ${result}`)).toEqual([
    'fw0 refused',
    'fw1 changed',
    'fw2 already',
    'fw3 changed',
  ]);
  expect(waves).toEqual(['batch 2']);
});

test('whatever hosts come to: each is in the run once, and past the limit only those in flight are finished', async () => {
  const result = fc.constantFrom<HostResult>(
    'changed',
    'changed',
    'already',
    'refused',
    'lost',
    'not-started',
  );
  const share = fc.oneof(
    fc.record({unit: fc.constant('hosts' as const), count: fc.nat(8)}),
    fc.record({unit: fc.constant('percent' as const), percent: fc.nat(100)}),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(result, {maxLength: 25}),
      fc.record({
        canaries: fc.nat(3),
        batch: fc.option(share, {nil: undefined}),
        maxFailures: share,
        concurrency: fc.integer({min: 1, max: 6}),
      }),
      async (scheduler, results, options) => {
        const {deps} = fleet();
        const started: string[] = [];
        const ended: string[] = [];
        let failures = 0;
        let flyingAtLimit: number | undefined;
        const limit = hostsIn(options.maxFailures, results.length);
        const work = async (target: Target): Promise<AppliedHost> => {
          const {host} = target.planned;
          started.push(host);
          await scheduler.schedule(Promise.resolve(), host);
          ended.push(host);
          const entry = entryOf(target, results[Number(host.slice(2))] ?? 'lost');
          if (isFailure(entry.result)) failures += 1;
          if (failures > limit && flyingAtLimit === undefined) flyingAtLimit = started.length;
          return entry;
        };
        const targets = results.map((_, i) => targetOf(`fw${i}`));
        const run = await scheduler.waitFor(
          applyPlan(targets, {...OPTIONS, ...options}, deps, work),
        );

        expect(run.hosts.map(({host}) => host)).toEqual(targets.map(({planned}) => planned.host));
        expect(new Set(started).size).toBe(started.length);
        expect(ended.length).toBe(started.length);
        if (flyingAtLimit !== undefined) expect(started.length).toBe(flyingAtLimit);
        for (const {host, result: became, reason} of run.hosts) {
          expect(became).toBe(
            started.includes(host) ? results[Number(host.slice(2))] : 'not-started',
          );
          if (became !== 'changed' && became !== 'already') expect(reason).not.toBe(undefined);
        }
      },
    ),
    {numRuns: often(150)},
  );
});

describe('the controller fails while hosts are in flight', () => {
  const NAMES = ['fw0', 'fw1', 'fw2', 'fw3'];
  const NO_SPACE = new Error('no space');

  /**
   * Two hosts at a time, each written down before it is changed; `fails` says which write does not
   * work.
   */
  const carryOut = async (
    fails: (what: 'save' | 'keep', number: number) => boolean,
  ): Promise<{
    run: ApplyRun;
    changed: string[];
    stored: ApplyRun[];
    troubles: readonly unknown[];
    writes: number;
  }> => {
    const stored: ApplyRun[] = [];
    const changed: string[] = [];
    let [saves, keeps] = [0, 0];
    const {deps, troubles} = fleet({
      save: (run) => {
        saves += 1;
        if (fails('save', saves)) return Promise.reject(NO_SPACE);
        stored.push(structuredClone(run));
        return Promise.resolve();
      },
      keep: () => {
        keeps += 1;
        return fails('keep', keeps) ? Promise.reject(NO_SPACE) : Promise.resolve();
      },
    });
    const run = await applyPlan(
      NAMES.map((name) => targetOf(name)),
      {...OPTIONS, concurrency: 2},
      deps,
      async (target, hostDeps) => {
        const {host} = target.planned;
        await hostDeps.beforeChange(host);
        const draft = stored.findLast(
          ({hosts}) => hosts.find((one) => one.host === host)?.result === 'lost',
        );
        expect(draft, `${host} is changed and nothing says so on disk`).toBeDefined();
        await new Promise((resolve) => setImmediate(resolve));
        changed.push(host);
        await hostDeps.keep({host} as Evidence);
        return entryOf(target, 'changed');
      },
    );
    return {run, changed, stored, troubles, writes: saves + keeps};
  };

  test('a full disk at every write, for once or from then on: no host in doubt that is not, none changed unwritten', async () => {
    const whole = await carryOut(() => false);
    expect(whole.troubles).toEqual([]);
    let tried = 0;
    for (const what of ['save', 'keep'] as const) {
      for (const lasts of [true, false]) {
        // The first draft apart: nothing was begun then, and the command ends with what is wrong.
        for (let at = what === 'save' ? 2 : 1; at <= whole.writes; at += 1) {
          const fails = (kind: string, number: number): boolean =>
            kind === what && (lasts ? number >= at : number === at);
          const {run, changed, troubles} = await carryOut(fails);
          if (troubles.length === 0) continue;
          tried += 1;
          expect(run.hosts.map(({host}) => host)).toEqual(NAMES);
          for (const {host, result, reason} of run.hosts) {
            expect([what, at, host, result]).toEqual([
              what,
              at,
              host,
              changed.includes(host) ? 'changed' : 'not-started',
            ]);
            if (result === 'not-started') expect(reason).toContain('the run could not be stored');
          }
          expect(run.finishedAt).toBeDefined();
        }
      }
    }
    expect(tried).toBeGreaterThan(20);
    process.stdout.write(`full state folder: ${tried} writes tried\n`);
  });

  test('before the first host is touched it ends the command', async () => {
    await expect(carryOut((what, number) => what === 'save' && number === 1)).rejects.toThrow(
      'no space',
    );
  });

  test('an error of one host ends no other: in doubt when it was being changed, and no further one is started', async () => {
    for (const begun of [true, false]) {
      const {deps, troubles} = fleet();
      const targets = NAMES.map((name) => targetOf(name));
      const run = await applyPlan(
        targets,
        {...OPTIONS, concurrency: 2},
        deps,
        async (target, hostDeps) => {
          const {host} = target.planned;
          if (begun) await hostDeps.beforeChange(host);
          if (host === 'fw0') throw new TypeError('undefined is not a function');
          await new Promise((resolve) => setImmediate(resolve));
          return entryOf(target, 'changed');
        },
      );
      expect(resultsOf(run)).toEqual([
        begun ? 'lost' : 'not-started',
        'changed',
        'not-started',
        'not-started',
      ]);
      expect(reasonOf(run, 'fw3')).toBe('stopped: an error at fw0');
      expect(troubles).toEqual([
        {kind: 'defect', host: 'fw0', error: expect.any(TypeError) as unknown},
      ]);
    }
  });
});
