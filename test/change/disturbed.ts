import {existsSync, readFileSync} from 'node:fs';

import type {HostRecord} from '../../src/model/host-record.js';
import type {Step} from '../../src/model/step.js';
import {machineOf} from '../lab/practice-root.js';
import {EVERY} from '../tools/sampled.js';

import type {ChangeHost, Fleet} from './change-host.js';
import {isLocked, leftOvers, RUN, trace, until} from './change-host.js';
import type {Part} from './points.js';
import {PARTS, plans} from './points.js';

/** A run that is disturbed at a point, and what is right afterwards. */

/** How the run of a plan goes on after `begin`: what the parts after it belong to. */
export type Course = 'confirmed' | 'undone';

export type Snapshot = ReturnType<ChangeHost['snapshot']>;

export interface Undisturbed {
  readonly before: Snapshot;
  readonly planned: Snapshot;
  readonly calls: ReadonlyMap<Part, readonly string[]>;
}

/** What can be wrong, as the figures count it. */
export const WRONGS = [
  'mixed state',
  'wrong outcome',
  'stranger killed',
  'left something',
] as const;
export interface Wrong {
  readonly kind: (typeof WRONGS)[number];
  readonly text: string;
}

export const open = (fleet: Fleet): ChangeHost => fleet.open(machineOf('stalled-pflogd'));

const calls = (host: ChangeHost, part: Part): readonly string[] => {
  const file = host.path(`.lab/trace.${part}`);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

/**
 * The worker says that it is done a moment before it ends; an undo that comes between makes a call
 * more, to end it.
 */
export async function workerGone(host: ChangeHost): Promise<void> {
  const pid = Number(host.text(`var/db/zbufctl/${RUN}/worker`));
  await condition('the worker to be gone', () => {
    try {
      process.kill(-pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

/** Waits for what is bound to come; a minute is long enough on any machine. */
export async function condition(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo(); await new Promise((r) => setTimeout(r, 20)))
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
}

/** Begins, and confirms or undoes what was begun; what is cut stays cut. */
export async function goThrough(
  host: ChangeHost,
  plan: readonly Step[],
  course: Course,
): Promise<void> {
  const begun = await host.begin(plan);
  if (begun.record?.state !== 'waiting') return;
  await workerGone(host);
  await host.contact(course === 'confirmed' ? 'confirm' : 'undo', RUN);
}

const UNDER_WAY: readonly HostRecord['state'][] = ['working', 'undoing', 'waiting'];

/** How it stands when nothing is under way any more. */
export const settled = (host: ChangeHost): Promise<HostRecord> =>
  until(host, ({state}) => !UNDER_WAY.includes(state), 120);

/**
 * The next contact finds out first, as the controller does, and undoes what nobody does any more.
 */
export async function ended(host: ChangeHost): Promise<HostRecord> {
  const found = await settled(host);
  if (found.state !== 'abandoned') return found;
  return (await host.contact('undo', RUN)).record ?? until(host, ({state}) => state === 'undone');
}

/** One run without any disturbance; with `reboot`, one more reboot instead of the decision. */
export async function undisturbed(
  fleet: Fleet,
  plan: readonly Step[],
  course: Course | 'rebooted',
): Promise<Undisturbed> {
  const host = open(fleet);
  const before = host.snapshot();
  trace(host);
  await host.begin(plan, course === 'rebooted' ? {confirmSeconds: 600} : {});
  await workerGone(host);
  const planned = host.snapshot();
  if (course === 'rebooted') await host.give('reboot');
  else await host.contact(course === 'confirmed' ? 'confirm' : 'undo', RUN);
  await until(host, ({state}) => state === (course === 'rebooted' ? 'undone' : course));
  const made = {before, planned, calls: new Map(PARTS.map((part) => [part, calls(host, part)]))};
  host.remove();
  return made;
}

/** A plan of files and the value, and one of a service: what others do is in these, too. */
const QUICK = ['a file replaced, a value set', 'a mode given to a stalled service'];

type References = ReadonlyMap<string, Undisturbed>;
const known = new Map<Course | 'rebooted', Promise<References>>();

/** One undisturbed run of every plan; unless every point is to be tried, of two. They are kept. */
export function references(fleet: Fleet, course: Course | 'rebooted'): Promise<References> {
  const made = known.get(course) ?? goUndisturbed(fleet, course);
  known.set(course, made);
  return made;
}

async function goUndisturbed(fleet: Fleet, course: Course | 'rebooted'): Promise<References> {
  const made = new Map<string, Undisturbed>();
  for (const [name, plan] of Object.entries(plans)) {
    if (!EVERY && !QUICK.includes(name)) continue;
    made.set(name, await undisturbed(fleet, plan, course));
  }
  return made;
}

/** Whatever happened, a host is as before or as planned, and says so. */
export function judge(record: HostRecord, now: Snapshot, reference: Undisturbed): Wrong[] {
  const asBefore = isSame(now, reference.before);
  const asPlanned = isSame(now, reference.planned);
  const wrong: Wrong[] = [];
  if (!asBefore && !asPlanned)
    wrong.push({
      kind: 'mixed state',
      text: `neither as before nor as planned: ${differences(reference, now)}`,
    });
  const {state} = record;
  if (state === 'confirmed' ? !asPlanned : !asBefore)
    wrong.push({
      kind: 'wrong outcome',
      text: `${state}, and not so: ${differences(reference, now)}`,
    });
  if (!['confirmed', 'undone', 'none'].includes(state))
    wrong.push({kind: 'wrong outcome', text: `ended as ${state}`});
  return wrong;
}

/** Nothing may be left when it is over; the watcher cleans up within a second or two. */
export async function cleaned(host: ChangeHost): Promise<Wrong[]> {
  try {
    await condition('the end', () => !isLocked(host) && leftOvers(host).length === 0);
    return [];
  } catch {
    const text = `left: ${leftOvers(host).join(' ')}${isLocked(host) ? ' and the lock' : ''}`;
    return [{kind: 'left something', text}];
  }
}

export const isSame = (a: Snapshot, b: Snapshot): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const differences = ({before}: Undisturbed, now: Snapshot): string =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key} ${before[key] ?? 'absent'} -> ${now[key] ?? 'absent'}`)
    .join('; ');

export const figures = (wrong: readonly Wrong[]): string =>
  WRONGS.map((kind) => `${kind}: ${wrong.filter((w) => w.kind === kind).length}`).join(', ');

/** Runs jobs, so many at once. */
export async function pool<T, R>(
  items: readonly T[],
  size: number,
  job: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.values();
  await Promise.all(
    Array.from({length: size}, async () => {
      for (const item of queue) results.push(await job(item));
    }),
  );
  return results;
}
