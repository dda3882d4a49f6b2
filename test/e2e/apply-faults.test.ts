import type {ChildProcess} from 'node:child_process';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {LabHost} from '../../src/lab/start-lab.js';
import type {HostResult} from '../../src/model/apply-run.js';
import type {Plan} from '../../src/model/plan.js';

import type {ChangeLab} from './change-lab.js';
import {applied, atPath, changeLab, lockOf, setRunning, snapshot, until} from './change-lab.js';

/**
 * What the controller's end can do at every point of a change. An undisturbed run is traced first; then there is one host
 * a call, each held just before that call, so that one `apply` stands at every point at once when the fault happens.
 * (What can happen on the host at these points is in test/change/every-point.test.ts.)
 */
interface Point {
  readonly part: 'begin' | 'take-lock' | 'work' | 'confirm' | 'free-lock';
  readonly number: number;
}

/**
 * Calls that leave everything as it is, or only see to it that it is on disk: to stand before one is to stand before the
 * next that does more. The journal is written by the shell itself, just before it is synced.
 */
const READS =
  /^\d+\t(?:(?:id|ps|stat|cmp|readlink|chmod|sysctl -n|sysrc -f \S+ -n|service \S+ (?:one)?status|lockf)\b|fsync (?!\S*journal))/;

const fleets: ChangeLab[] = [];
let points: readonly Point[] = [];
let untouched: Readonly<Record<string, string>> = {};
let changed: Readonly<Record<string, string>> = {};

const calls = (host: LabHost, part: string): readonly string[] => {
  const file = atPath(host, `.lab/trace.${part}`);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

async function openFleet(names: readonly string[]): Promise<ChangeLab> {
  const fleet = await changeLab(names.map((name) => ({name, scenario: 'pf-logger-at-boot'})));
  fleets.push(fleet);
  for (const host of fleet.lab.hosts) setRunning(host, 1);
  return fleet;
}

/** Hosts differ by name in some of their files. */
const withoutName = (host: LabHost): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(snapshot(host)).map(([key, text]) => [key, text.replaceAll(host.name, 'NAME')]),
  );

beforeAll(async () => {
  const fleet = await openFleet(['traced']);
  const host = fleet.lab.host('traced');
  untouched = withoutName(host);
  const plan = await fleet.plan();
  writeFileSync(atPath(host, '.lab/trace'), '');
  expect((await fleet.apply(plan.id)).host('traced').result).toBe('changed');
  changed = withoutName(host);
  points = (['begin', 'take-lock', 'work', 'confirm', 'free-lock'] as const).flatMap((part) => {
    const made = calls(host, part);
    const start = made.findIndex((call) => call.includes('change.sh work'));
    // From the start of the worker on, begin only looks how far that is: as often as it takes.
    const steady = part === 'begin' ? made.slice(0, start + 1) : made;
    return steady.flatMap((call, i): Point[] => (READS.test(call) ? [] : [{part, number: i + 1}]));
  });
  expect(points.length).toBeGreaterThan(35);
}, 120_000);

afterAll(async () => {
  for (const fleet of fleets) await fleet.stop();
});

const nameOf = ({part, number}: Point): string => `${part}-${number}`;
const isEarly = ({part}: Point): boolean => part !== 'confirm' && part !== 'free-lock';

interface Held {
  readonly fleet: ChangeLab;
  readonly plan: Plan;
  readonly apply: Promise<Awaited<ReturnType<ChangeLab['run']>>>;
  readonly controller: ChildProcess;
  /** Lets every host go on. */
  release(): void;
}

/** Starts an apply and waits until every host stands at its point. */
async function holdAt(chosen: readonly Point[], confirmSeconds: number): Promise<Held> {
  const fleet = await openFleet(chosen.map(nameOf));
  const plan = await fleet.plan();
  for (const point of chosen) {
    const host = fleet.lab.host(nameOf(point));
    writeFileSync(atPath(host, '.lab/trace'), '');
    writeFileSync(atPath(host, '.lab/trace.at'), `${point.part} ${point.number} before hold\n`);
  }
  let controller: ChildProcess | undefined;
  const apply = fleet.run(
    ['apply', plan.id, ...fleet.where, ...ALL_AT_ONCE, ...['--confirm-timeout', String(confirmSeconds)]],
    {
      onStart: (child) => {
        controller = child;
      },
    },
  );
  await until(
    'every host to stand at its point',
    () => fleet.lab.hosts.every((host) => existsSync(atPath(host, '.lab/trace.held'))),
    110,
  );
  if (controller === undefined) throw new Error('not started');
  return {
    fleet,
    plan,
    apply,
    controller,
    release: () => {
      for (const host of fleet.lab.hosts) writeFileSync(atPath(host, '.lab/trace.go'), '');
    },
  };
}

/** Nothing half-done, no lock, no temporary file beside anything. */
function expectWhole(host: LabHost, results: readonly HostResult[]): void {
  const now = withoutName(host);
  const expected = results.includes('changed') ? changed : untouched;
  expect([host.name, now]).toEqual([host.name, expected]);
  expect([host.name, lockOf(host)]).toEqual([host.name, undefined]);
}

const settled = (host: LabHost): boolean => lockOf(host) === undefined;

test('a second controller, and the death of the first, at every point: nothing half-done, the stored run says lost, --resume finishes', async () => {
  const chosen = points.filter(isEarly);
  const held = await holdAt(chosen, 5);
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
  // After its last word the worker only makes sure that it is on disk: held there, a host is confirmed all the same.
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
  expect(second.run.hosts.filter(({result}) => result !== 'refused' && result !== 'changed')).toEqual([]);
  expect(refused.length).toBeGreaterThan(chosen.length / 2);

  // What the first may have heard of before it dies: hosts that were held so long that they undid it, too.
  const heard = new Set([...byFirst, ...fleet.lab.hosts.filter(isUndone)].map(({name}) => name));
  held.controller.kill('SIGKILL');
  expect((await held.apply).code).toBeNull();
  held.release();
  await until(
    'every host to have ended what was begun',
    () => fleet.lab.hosts.every((host) => byFirst.includes(host) || hasEnded(host)),
    110,
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
  expect(lost.length).toBeGreaterThan((chosen.length * 4) / 5);
  for (const host of fleet.lab.hosts) rmSync(atPath(host, '.lab/trace'));

  const resumed = applied(await fleet.run(['apply', '--resume', run, ...fleet.where, ...ALL_AT_ONCE]));

  expect(resumed.run.hosts.map(({host}) => host).sort()).toEqual([...lost].sort());
  for (const name of lost) {
    const wasThere = second.host(name).result === 'changed';
    // What the second changed meanwhile is no longer what the first had planned for.
    const {result, reason} = resumed.host(name);
    expect([name, result, reason]).toEqual([
      name,
      wasThere ? 'refused' : 'changed',
      wasThere ? expect.stringMatching(/stale/) : undefined,
    ]);
    expectWhole(fleet.lab.host(name), ['changed']);
  }
  process.stdout.write(`second controller, then the first killed: ${chosen.length} points tried\n`);
}, 400_000);

/** The last: whoever is held while taking the lock keeps others from looking at it. */
const LOCKED = /^locked by |another run changes this host|the lock in .* cannot be taken/;
const TOO_LONG = /^restart-service: .*(?:took longer|hung)|did not come to an end there/;
const ALL_AT_ONCE = [
  ...['--yes', '--json', '--canary', '0', '--batch', '100%', '--max-failures', '100%'],
  ...['--concurrency', '512'],
];

const isUndone = (host: LabHost): boolean => calls(host, 'put-back').length > 0;

/** Nobody works on it any more, and the run that was held has been undone, or has given up before it had the lock. */
const hasEnded = (host: LabHost): boolean =>
  settled(host) && (isUndone(host) || /\trm -rf \S+\.part$/.test(calls(host, 'begin').at(-1) ?? ''));

test('the controller is killed around the confirmation: what was confirmed stays, and --resume finds that out', async () => {
  const chosen = points.filter((point) => !isEarly(point));
  const held = await holdAt(chosen, 60);
  held.controller.kill('SIGKILL');
  await held.apply;
  held.release();
  await until('every host to be done', () => held.fleet.lab.hosts.every(settled), 110);
  for (const host of held.fleet.lab.hosts) expectWhole(host, ['changed']);

  const {stdout} = await held.fleet.run(['runs', '--json']);
  const run = /\d{8}T\d{6}Z-apply-\w{4}/.exec(stdout)?.[0] ?? 'none';
  const resumed = applied(
    await held.fleet.run(['apply', '--resume', run, ...held.fleet.where, '--yes', '--json']),
  );

  expect(resumed.run.hosts.map(({result}) => result)).toEqual(chosen.map(() => 'changed'));
  expect(resumed.code).toBe(0);
  for (const host of held.fleet.lab.hosts) expectWhole(host, ['changed']);

  // What was settled for the first run is undone by its journal there, whichever of the two is named.
  const again = await held.fleet.run(['apply', '--resume', resumed.run.run, ...held.fleet.where, '--yes']);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('nothing left to do')]);
  const back = applied(
    await held.fleet.run(['rollback', resumed.run.run, ...held.fleet.where, '--yes', '--json']),
  );
  expect(back.run.hosts.map(({result}) => result)).toEqual(chosen.map(() => 'rolled-back'));
  for (const host of held.fleet.lab.hosts) expectWhole(host, ['rolled-back']);
  process.stdout.write(`controller killed around the confirmation: ${chosen.length} points tried\n`);
}, 300_000);

test('the connection is cut at every point: the controller comes back, asks, and finishes what was begun', async () => {
  const held = await holdAt(points, 60);
  for (const host of held.fleet.lab.hosts) host.cut();
  held.release();

  const ran = applied(await held.apply);

  expect(ran.run.hosts.map(({host}) => host).sort()).toEqual(points.map(nameOf).sort());
  for (const {host, result} of ran.run.hosts) expectWhole(held.fleet.lab.host(host), [result]);
  // Held for too long, a service(8) is a hang to the host, and a worker that does not start is none: it undoes that.
  const others = ran.run.hosts.filter(({result}) => result !== 'changed');
  expect(
    others.filter(({result, reason}) => result !== 'rolled-back' || !TOO_LONG.test(reason ?? '')),
  ).toEqual([]);
  expect(others.length).toBeLessThan(points.length / 5);
  process.stdout.write(`connection cut: ${points.length} points tried\n`);
}, 400_000);
