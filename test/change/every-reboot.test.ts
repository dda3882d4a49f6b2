import {existsSync, rmSync} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import type {HostRecord} from '../../src/model/host-record.js';

import {ofAll, sampled} from '../tools/sampled.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, RUN, trace} from './change-host.js';
import type {Course, Snapshot, Undisturbed, Wrong} from './disturbed.js';
import {
  cleaned,
  condition,
  ended,
  figures,
  goThrough,
  isSame,
  judge,
  open,
  pool,
  references,
  settled,
} from './disturbed.js';
import type {Part, Point} from './points.js';
import {choose, KILL, nameOf, plans} from './points.js';
import {strangersGroup} from './strangers-group.js';

/**
 * A reboot, and numbers of processes that are given out again, at every call that makes a
 * difference. What was written down of processes is a stranger's group afterwards; it must live.
 */
const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

/**
 * Brings the host to the point, where it is held; answers when what was begun has come to its end.
 */
async function heldAt(
  host: ChangeHost,
  point: Point,
  going: Promise<void>,
): Promise<'held' | 'not reached'> {
  const is = {over: false};
  void going.finally(() => (is.over = true));
  await condition(nameOf(point), () => existsSync(host.path('.lab/trace.held')) || is.over);
  rmSync(host.path('.lab/trace.at'));
  return existsSync(host.path('.lab/trace.held')) ? 'held' : 'not reached';
}

/**
 * Disturbs a host of its own at one point, beside a stranger's group that must live; answers what
 * is wrong afterwards.
 */
async function besideStranger(
  point: Point,
  what: string,
  disturb: (host: ChangeHost, group: number) => Promise<readonly Wrong[]>,
): Promise<readonly Wrong[]> {
  const host = open(fleet);
  const stranger = strangersGroup();
  trace(
    host,
    `${point.part} ${point.number} ${point.when} ${what.replace('GROUP', String(stranger.group))}`,
  );
  const wrong: Wrong[] = [];
  try {
    wrong.push(...(await disturb(host, stranger.group)), ...(await cleaned(host)));
    if (!stranger.isThere()) wrong.push({kind: 'stranger killed', text: 'the stranger was killed'});
  } catch (error) {
    wrong.push({kind: 'wrong outcome', text: String(error)});
  } finally {
    if (stranger.isThere()) stranger.end();
  }
  if (wrong.length === 0) host.remove();
  return wrong.map(({kind, text}) => ({kind, text: `${nameOf(point)}: ${text} (${host.root})`}));
}

const NOT_REACHED: Wrong = {kind: 'wrong outcome', text: 'the point was not reached'};

/** Reboots at one point. */
const rebootAt = (
  point: Point,
  course: Course,
  reference: Undisturbed,
): Promise<readonly Wrong[]> =>
  besideStranger(point, 'hold', async (host, group) => {
    const plan = plans[point.plan] ?? [];
    const going =
      point.part === 'put-back-early'
        ? host.begin(plan, {confirmSeconds: 600}).then(async () => {
            await host.give('reboot');
          })
        : goThrough(host, plan, course);
    const held = await heldAt(host, point, going);
    await host.give(`reboot ${group}`);
    await going;
    return [
      ...(held === 'not reached' ? [NOT_REACHED] : []),
      ...(await afterBoot(host, reference)),
    ];
  });

/**
 * Nobody has to come for the host to be as before; an empty file that was tried may wait for the
 * next contact.
 */
async function afterBoot(host: ChangeHost, reference: Undisturbed): Promise<Wrong[]> {
  const found: HostRecord = await settled(host);
  if (found.state !== 'abandoned') return judge(found, host.snapshot(), reference);
  const alone: Wrong[] = isSame(withoutTried(host.snapshot()), reference.before)
    ? []
    : [{kind: 'mixed state', text: 'nobody has undone it after the reboot'}];
  return [...alone, ...judge(await ended(host), host.snapshot(), reference)];
}

const withoutTried = (now: Snapshot): Snapshot =>
  Object.fromEntries(
    Object.entries(now).filter(
      ([name, is]) => !(name.includes('.zbufctl-') && is.endsWith(' 0:0 ')),
    ),
  );

const restarts = (): readonly string[] => [KILL];

async function pointsFor(
  course: Course | 'rebooted',
  parts: readonly Part[],
): Promise<{points: readonly Point[]; all: number; reference: ReadonlyMap<string, Undisturbed>}> {
  const reference = await references(fleet, course);
  const calls = new Map([...reference].map(([plan, {calls: made}]) => [plan, made]));
  const {points, all} = choose(calls, parts, restarts);
  return {points, all, reference};
}

const of = (reference: ReadonlyMap<string, Undisturbed>, {plan}: Point): Undisturbed => {
  const own = reference.get(plan);
  if (own === undefined) throw new Error(`no plan ${plan}`);
  return own;
};

describe.each([
  {course: 'confirmed', parts: ['begin', 'take-lock', 'work', 'confirm']},
  {course: 'undone', parts: ['put-back', 'free-lock', 'undo']},
  // In the middle of what the boot undoes.
  {course: 'rebooted', parts: ['put-back-early']},
] as const)('a reboot in a run that would be $course', ({course, parts}) => {
  test(
    'leaves the host as before or as planned, and kills no stranger',
    {timeout: 1_800_000},
    async () => {
      const {points: differing, all, reference} = await pointsFor(course, parts);
      expect(differing.length).toBeGreaterThan(30);
      const points = sampled(differing, 80, nameOf, ({part}) => part);

      const wrong = await pool(points, 3, (point) =>
        rebootAt(point, course === 'rebooted' ? 'undone' : course, of(reference, point)),
      );

      process.stdout.write(
        `${course}: ${ofAll(points, differing)} reboots (${parts.join(', ')}); of ${all} the others are the same: ` +
          `${figures(wrong.flat())}\n`,
      );
      expect(wrong.flat().map(({text}) => text)).toEqual([]);
    },
  );
});

/** The worker is ended at one point, and its number is a stranger's before anybody looks. */
const reuseAt = (point: Point, reference: Undisturbed): Promise<readonly Wrong[]> =>
  besideStranger(point, 'reuse GROUP', async (host) => {
    await host.begin(plans[point.plan] ?? []);
    await host.contact('undo', RUN);
    const wrong = judge(await ended(host), host.snapshot(), reference);
    return existsSync(host.path('.lab/trace.reached')) ? wrong : [...wrong, NOT_REACHED];
  });

test(
  "a worker's number that is a stranger's at once kills no stranger",
  {timeout: 1_800_000},
  async () => {
    const {points: found, all, reference} = await pointsFor('undone', ['work']);
    // One plan of files, and one of a service, which has children.
    const differing = found.filter(({plan}) => /^a file replaced|^a stalled/.test(plan));
    const points = sampled(differing, 80, nameOf, ({plan}) => plan);

    const wrong = await pool(points, 3, (point) => reuseAt(point, of(reference, point)));

    process.stdout.write(
      `${ofAll(points, differing)} numbers given out again (work); of ${all} the others are the same: ` +
        `${figures(wrong.flat())}\n`,
    );
    expect(wrong.flat().map(({text}) => text)).toEqual([]);
  },
);
