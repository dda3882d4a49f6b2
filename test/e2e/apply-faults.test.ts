import {readdirSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {LabHost} from '../../src/lab/start-lab.js';
import type {HostResult} from '../../src/model/apply-run.js';

import {ofAll, sampled} from '../tools/sampled.js';

import {applied, atPath, lockOf, until} from './change-lab.js';
import type {Point, Traced} from './held-fleet.js';
import {
  ALL_AT_ONCE,
  calls,
  expectWhole as expectWholeHost,
  HeldFleets,
  nameOf,
} from './held-fleet.js';

/**
 * What the controller's end can do at every point of a change (test/e2e/held-fleet.ts). What can
 * happen on the host at these points is in test/change/every-point.test.ts, what happens to the
 * controller itself in apply-controller.test.ts.
 */
const fleets = new HeldFleets();
let traced: Traced;
let points: readonly Point[] = [];

beforeAll(async () => {
  traced = await fleets.trace();
  points = traced.points;
}, 120_000);

afterAll(async () => {
  await fleets.stop();
});

const isEarly = ({part}: Point): boolean => part !== 'confirm' && part !== 'free-lock';

const expectWhole = (host: LabHost, results: readonly HostResult[]): void => {
  expectWholeHost(host, results, traced);
};

const settled = (host: LabHost): boolean => lockOf(host) === undefined;

test('a second controller, and the death of the first, at every point: nothing half-done, the stored run says lost, --resume finishes', async () => {
  const early = points.filter(isEarly);
  const chosen = sampled(early, 40, nameOf);
  const held = await fleets.holdAt(chosen, 5);
  const {fleet} = held;
  // Another person at another machine: the same plan, a state directory of their own.
  const planFile = join(fleet.dir, 'second.json');
  writeFileSync(planFile, JSON.stringify(held.plan));
  const second = applied(
    await fleet.run([
      'apply',
      planFile,
      ...fleet.where,
      ...ALL_AT_ONCE,
      '--state-dir',
      join(fleet.dir, 'elsewhere'),
    ]),
  );
  const refused = second.run.hosts.filter(({result}) => result === 'refused');
  // After its last word the worker only makes sure that it is on disk: held there, a host is
  // confirmed all the same.
  const byFirst = fleet.lab.hosts.filter(
    (host) =>
      calls(host, 'free-lock').length > 0 &&
      calls(host, 'put-back').length === 0 &&
      second.host(host.name).result === 'refused',
  );
  expect(byFirst.length).toBeLessThan(2);
  const untold = refused.filter(
    ({host, reason = ''}) => !LOCKED.test(reason) && !byFirst.some(({name}) => name === host),
  );
  expect(untold).toEqual([]);
  // The others were held before they had the lock, or so long that the host had undone it already.
  expect(
    second.run.hosts.filter(({result}) => result !== 'refused' && result !== 'changed'),
  ).toEqual([]);
  expect(refused.length).toBeGreaterThan(chosen.length / 4);

  // What the first may have heard of before it dies: hosts that were held so long that they undid
  // it, too.
  const heard = new Set([...byFirst, ...fleet.lab.hosts.filter(isUndone)].map(({name}) => name));
  held.controller.kill('SIGKILL');
  expect((await held.apply).code).toBeNull();
  held.release();
  await until(
    'every host to have ended what was begun',
    () => fleet.lab.hosts.every((host) => byFirst.includes(host) || hasEnded(host)),
    300,
  );
  for (const host of fleet.lab.hosts)
    expectWhole(host, [byFirst.includes(host) ? 'changed' : second.host(host.name).result]);

  const {stdout} = await fleet.run(['runs', '--json']);
  const run = /\d{8}T\d{6}Z-apply-\w{4}/.exec(stdout)?.[0] ?? 'none';
  const shown = applied(await fleet.run(['runs', 'show', run, '--json']));
  expect(shown.run.finishedAt).toBeUndefined();
  const lost = shown.run.hosts.filter(({result}) => result === 'lost').map(({host}) => host);
  const known = shown.run.hosts.filter(({host}) => !lost.includes(host));
  expect(known.filter(({host}) => !heard.has(host))).toEqual([]);
  expect(lost.length).toBeGreaterThan(chosen.length / 4);
  for (const host of fleet.lab.hosts) rmSync(atPath(host, '.lab/trace'));

  const resumed = applied(
    await fleet.run(['apply', '--resume', run, ...fleet.where, ...ALL_AT_ONCE]),
  );

  expect(resumed.run.hosts.map(({host}) => host).sort()).toEqual([...lost].sort());
  for (const name of lost) {
    const wasThere = second.host(name).result === 'changed';
    // What the second changed meanwhile is no longer what the first had planned for: stale where
    // the host says that it undid the first, in doubt where it knows nothing of it.
    const {result, reason} = resumed.host(name);
    const said = wasThere ? (result === 'lost' ? /not as it was planned/ : /stale/) : undefined;
    expect([name, result, reason]).toEqual([
      name,
      wasThere ? expect.stringMatching(/^(refused|lost)$/) : 'changed',
      said === undefined ? undefined : expect.stringMatching(said),
    ]);
    expectWhole(fleet.lab.host(name), ['changed']);
  }
  process.stdout.write(
    `second controller, then the first killed: ${ofAll(chosen, early)} points tried\n`,
  );
}, 900_000);

/**
 * Where it was undone meanwhile, its plan was used. The last: whoever is held while taking the lock
 * keeps others from it.
 */
const LOCKED =
  /^locked by |was used here by run|another run changes this host|the lock in .* cannot be taken/;
const TOO_LONG = /^restart-service: .*(?:took longer|hung)|did not come to an end there/;
const isUndone = (host: LabHost): boolean => calls(host, 'put-back').length > 0;

/**
 * Nobody works on it any more, and the run that was held has been undone, or has given up before it
 * had the lock.
 */
const hasEnded = (host: LabHost): boolean =>
  settled(host) &&
  (isUndone(host) ||
    /\trm -rf \S+-apply-\w{4}(?:\.part)?$/.test(calls(host, 'begin').at(-1) ?? ''));

/** The decision of each of its runs is a link in the run's folder. */
const isConfirmed = (host: LabHost): boolean => {
  const folder = atPath(host, 'var/db/zbufctl');
  return readdirSync(folder, {recursive: true, encoding: 'utf8'}).some(
    (path) => basename(path) === 'decision' && readlinkSync(join(folder, path)) === 'confirmed',
  );
};

test('the controller is killed around the confirmation: what was confirmed stays, and --resume finds that out', async () => {
  const chosen = points.filter((point) => !isEarly(point));
  const held = await fleets.holdAt(chosen, 60);
  // Where it was decided before the host was held, the controller may have heard so.
  const decided = held.fleet.lab.hosts.filter(isConfirmed).map(({name}) => name);
  held.controller.kill('SIGKILL');
  await held.apply;
  held.release();
  await until('every host to be done', () => held.fleet.lab.hosts.every(settled), 240);
  for (const host of held.fleet.lab.hosts) expectWhole(host, ['changed']);

  const {stdout} = await held.fleet.run(['runs', '--json']);
  const run = /\d{8}T\d{6}Z-apply-\w{4}/.exec(stdout)?.[0] ?? 'none';
  const shown = applied(await held.fleet.run(['runs', 'show', run, '--json']));
  const lost = shown.run.hosts.filter(({result}) => result === 'lost').map(({host}) => host);
  const heard = shown.run.hosts.filter(({host}) => !lost.includes(host));
  expect(heard.filter(({result}) => result !== 'changed')).toEqual([]);
  expect(heard.filter(({host}) => !decided.includes(host))).toEqual([]);
  expect(lost.length).toBeGreaterThan(0);
  const resumed = applied(
    await held.fleet.run(['apply', '--resume', run, ...held.fleet.where, '--yes', '--json']),
  );

  expect(resumed.run.hosts.map(({host, result}) => [host, result]).sort()).toEqual(
    lost.map((host) => [host, 'changed']).sort(),
  );
  expect(resumed.code).toBe(0);
  for (const host of held.fleet.lab.hosts) expectWhole(host, ['changed']);

  // What was settled for the first run is undone by its journal there, whichever of the two is
  // named.
  const again = await held.fleet.run([
    'apply',
    '--resume',
    resumed.run.run,
    ...held.fleet.where,
    '--yes',
  ]);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('nothing left to do')]);
  const back = applied(
    await held.fleet.run(['rollback', resumed.run.run, ...held.fleet.where, '--yes', '--json']),
  );
  expect(back.run.hosts.map(({host, result}) => [host, result]).sort()).toEqual(
    lost.map((host) => [host, 'rolled-back']).sort(),
  );
  for (const host of held.fleet.lab.hosts)
    expectWhole(host, [lost.includes(host.name) ? 'rolled-back' : 'changed']);
  process.stdout.write(
    `controller killed around the confirmation: ${chosen.length} points tried\n`,
  );
}, 600_000);

test('the connection is cut at every point: the controller comes back, asks, and finishes what was begun', async () => {
  const chosen = sampled(points, 40, nameOf);
  const held = await fleets.holdAt(chosen, 60);
  for (const host of held.fleet.lab.hosts) host.cut();
  held.release();

  const ran = applied(await held.apply);

  expect(ran.run.hosts.map(({host}) => host).sort()).toEqual(chosen.map(nameOf).sort());
  for (const {host, result} of ran.run.hosts) expectWhole(held.fleet.lab.host(host), [result]);
  // Held for too long, a service(8) is a hang to the host, and a worker that does not start is
  // none: it undoes that.
  const others = ran.run.hosts.filter(({result}) => result !== 'changed');
  expect(
    others.filter(({result, reason}) => result !== 'rolled-back' || !TOO_LONG.test(reason ?? '')),
  ).toEqual([]);
  expect(others.length).toBeLessThanOrEqual(Math.max(1, chosen.length / 3));
  process.stdout.write(`connection cut: ${ofAll(chosen, points)} points tried\n`);
}, 900_000);
