import {existsSync, readFileSync} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import type {HostRecord} from '../../src/model/host-record.js';
import type {Step} from '../../src/model/step.js';
import {machineOf} from '../lab/practice-root.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, isLocked, leftOvers, RUN, steps, trace, until} from './change-host.js';

/**
 * Nothing is ever lost: one undisturbed run is traced, and then every call it made is disturbed, once before and once
 * after it. Whatever happens, the host ends exactly as before or exactly as planned, and says so.
 */

/** Small plans, so that together they have every kind of step and each point is reached quickly. */
const plans: Readonly<Record<string, readonly Step[]>> = {
  'a file replaced, a value set': [steps.boot, steps.running],
  'a file that was not there': [steps.bootCreated],
  'an rc variable': [steps.rc],
  'a stalled service restarted': [steps.restart],
};

/** Parts of a run, as the trace counts them (LAB_ACTOR). */
type Part = 'begin' | 'take-lock' | 'work' | 'put-back' | 'free-lock' | 'confirm' | 'undo';

interface Point {
  readonly plan: string;
  readonly part: Part;
  readonly number: number;
  readonly when: 'before' | 'after';
  readonly what: string;
}

const nameOf = (p: Point): string => `${p.plan}: ${p.part} ${p.number} ${p.when} ${p.what}`;

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

const calls = (host: ChangeHost, part: Part): readonly string[] => {
  const file = host.path(`.lab/trace.${part}`);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

/** How the run of a plan goes on after `begin`: what the parts after it belong to. */
type Course = 'confirmed' | 'undone';

/** Takes a host through a whole run; each contact may be cut by what is to happen. */
async function takeThrough(host: ChangeHost, plan: readonly Step[], course: Course): Promise<HostRecord> {
  const begun = await host.begin(plan);
  if (begun.record?.state === 'waiting') {
    await workerGone(host);
    await host.contact(course === 'confirmed' ? 'confirm' : 'undo', RUN);
  }
  // Whatever was cut: the next contact finds out first, as the controller does.
  const found = await until(host, ({state}) => !['working', 'undoing', 'waiting'].includes(state), 120);
  if (found.state !== 'abandoned') return found;
  return (await host.contact('undo', RUN)).record ?? until(host, ({state}) => state === 'undone');
}

/** The worker says that it is done a moment before it ends; an undo that comes between makes a call more, to end it. */
async function workerGone(host: ChangeHost): Promise<void> {
  const pid = Number(host.text(`var/db/zbufctl/${RUN}/worker`));
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((r) => setTimeout(r, 20))) {
    try {
      process.kill(-pid, 0);
    } catch {
      return;
    }
  }
}

interface Undisturbed {
  readonly before: Readonly<Record<string, string>>;
  readonly planned: Readonly<Record<string, string>>;
  readonly calls: ReadonlyMap<Part, readonly string[]>;
}

async function undisturbed(plan: readonly Step[], course: Course): Promise<Undisturbed> {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  trace(host);
  await host.begin(plan);
  await workerGone(host);
  const afterwards = host.snapshot();
  await host.contact(course === 'confirmed' ? 'confirm' : 'undo', RUN);
  await until(host, ({state}) => state === course);
  const parts: readonly Part[] = ['begin', 'take-lock', 'work', 'put-back', 'free-lock', 'confirm', 'undo'];
  const result = {
    before,
    planned: afterwards,
    calls: new Map(parts.map((part) => [part, calls(host, part)])),
  };
  host.remove();
  return result;
}

/** Disturbs one point; answers what is wrong afterwards. */
async function disturb(point: Point, course: Course, reference: Undisturbed): Promise<readonly string[]> {
  const host = fleet.open(machineOf('stalled-pflogd'));
  trace(host, `${point.part} ${point.number} ${point.when} ${point.what}`);
  const wrong: string[] = [];
  try {
    const record = await takeThrough(host, plans[point.plan] ?? [], course);
    const now = host.snapshot();
    if (point.what.startsWith('clock') && record.state !== course) wrong.push(`ended as ${record.state}`);
    if (!existsSync(host.path('.lab/trace.reached'))) wrong.push('the point was not reached');
    const asBefore = isSame(now, reference.before);
    const asPlanned = isSame(now, reference.planned);
    if (!asBefore && !asPlanned)
      wrong.push(`neither as before nor as planned: ${differences(reference, now)}`);
    if (record.state === 'confirmed' && !asPlanned) wrong.push('confirmed, and not as planned');
    if ((record.state === 'undone' || record.state === 'none') && !asBefore)
      wrong.push(`${record.state}, and not as before`);
    if (!['confirmed', 'undone', 'none'].includes(record.state)) wrong.push(`ended as ${record.state}`);
    // Nothing may be left when it is over; the watcher cleans up within a second or two.
    await cleaned(host).catch((error: unknown) => wrong.push(String(error)));
  } catch (error) {
    wrong.push(String(error));
  }
  if (wrong.length === 0) host.remove();
  return wrong.map((text) => `${nameOf(point)}: ${text} (${host.root})`);
}

async function cleaned(host: ChangeHost): Promise<void> {
  const end = Date.now() + 60_000;
  while (isLocked(host) || leftOvers(host).length > 0) {
    if (Date.now() > end)
      throw new Error(`left: ${leftOvers(host).join(' ')}${isLocked(host) ? ' and the lock' : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const isSame = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const differences = ({before}: Undisturbed, now: Readonly<Record<string, string>>): string =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key} ${before[key] ?? 'absent'} -> ${now[key] ?? 'absent'}`)
    .join('; ');

/** Runs jobs, so many at once. */
async function pool<T, R>(items: readonly T[], size: number, job: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.values();
  await Promise.all(
    Array.from({length: size}, async () => {
      for (const item of queue) results.push(await job(item));
    }),
  );
  return results;
}

const KILL = 'kill-script';
const FULL = 'fail No space left on device';
/** Only what asks for the time can see it: any other moment is the same as before the next such call. */
const CLOCK = ['clock 400000', 'clock -400000'];
const DENIED = 'fail Operation not permitted';

/** What can happen to a call of a part: everything to the work; the undo is only ever killed, and then undone again. */
function happenings(part: Part, call: string): readonly string[] {
  if (/\t(?:date|ps) /.test(call) && ['begin', 'work', 'put-back'].includes(part))
    return [KILL, ...CLOCK, ...(part === 'work' ? [DENIED] : [])];
  if (part !== 'work') return [KILL];
  if (call.includes('\tservice ')) return [KILL, DENIED, 'hang'];
  return [KILL, /\t(?:sysctl|kill|ps|procstat|stat|chown|chmod) /.test(call) ? DENIED : FULL];
}

/** The calls of `begin` after it has handed over only ask, and how often depends on the clock. */
function countable(part: Part, all: readonly string[]): readonly string[] {
  if (part !== 'begin') return all;
  const handed = all.findLastIndex((call) => call.includes('\tdaemon '));
  return all.slice(0, handed + 1);
}

/** A stop of a stalled service never returns, and who holds a lock for a part ends with it: there is nothing after it. */
const whens = (call: string): readonly ('before' | 'after')[] =>
  call.endsWith('service pflog onestop') || call.includes('.lock /bin/sh -c ')
    ? ['before']
    : ['before', 'after'];

/** Calls that leave everything as it is. */
const READS =
  /\t(?:id|ps|stat|cmp|df|procstat|readlink|lockf .* true|sysctl -n|sysrc (?:-f \S+ )?-n|service \S+ onestatus)\b/;

/**
 * To be killed after a call, or before one that only reads, is to be killed before the next one, unless the shell itself
 * writes in between: it syncs that.
 */
const isOther = (what: string, when: 'before' | 'after', call: string, next: string | undefined): boolean =>
  (what !== KILL && !(when === 'after' && what.startsWith('clock'))) ||
  next === undefined ||
  next.includes('\tfsync ') ||
  (when === 'before' && !READS.test(call));

/** Parts that do the same whatever the plan; one plan shows it. */
const ALIKE: readonly Part[] = ['begin', 'take-lock', 'free-lock', 'confirm', 'undo'];

function pointsOf(plan: string, parts: readonly Part[], reference: Undisturbed): readonly Point[] {
  const own = plan === Object.keys(plans)[0] ? parts : parts.filter((part) => !ALIKE.includes(part));
  return own.flatMap((part) =>
    countable(part, reference.calls.get(part) ?? []).flatMap((call, at, all) =>
      happenings(part, call).flatMap((what) =>
        whens(call)
          .filter((when) => isOther(what, when, call, all[at + 1]))
          .map((when): Point => ({plan, part, number: at + 1, when, what})),
      ),
    ),
  );
}

describe.each([
  {course: 'confirmed', parts: ['begin', 'take-lock', 'work', 'confirm']},
  {course: 'undone', parts: ['put-back', 'free-lock', 'undo']},
] as const)('a run that would be $course', ({course, parts}) => {
  test(
    'is as before or as planned after a disturbance at every single call',
    {timeout: 900_000},
    async () => {
      const references = new Map<string, Undisturbed>();
      for (const [plan, planSteps] of Object.entries(plans))
        references.set(plan, await undisturbed(planSteps, course));
      const points = [...references].flatMap(([plan, reference]) => pointsOf(plan, parts, reference));
      for (const part of parts) expect(points.filter((p) => p.part === part).length).toBeGreaterThan(3);

      const wrong = await pool(points, 8, async (point) => {
        const reference = references.get(point.plan);
        return reference === undefined ? [`no plan ${point.plan}`] : disturb(point, course, reference);
      });

      process.stdout.write(`${points.length} points tried (${parts.join(', ')})\n`);
      expect(wrong.flat()).toEqual([]);
    },
  );
});
