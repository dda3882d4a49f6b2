import {existsSync} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import {ofAll, sampled} from '../tools/sampled.js';

import {changeFleet, trace} from './change-host.js';
import type {Course, Undisturbed, Wrong} from './disturbed.js';
import {cleaned, ended, figures, goThrough, judge, open, pool, references} from './disturbed.js';
import type {Point} from './points.js';
import {choose, nameOf, plans} from './points.js';

/**
 * Nothing is ever lost: one undisturbed run is traced, and then the calls it made are disturbed,
 * before and after them. Whatever happens, the host ends exactly as before or exactly as planned,
 * and says so.
 */
const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

/** Disturbs one point; answers what is wrong afterwards. */
async function disturb(
  point: Point,
  course: Course,
  reference: Undisturbed,
): Promise<readonly Wrong[]> {
  const host = open(fleet);
  trace(host, `${point.part} ${point.number} ${point.when} ${point.what}`);
  const wrong: Wrong[] = [];
  try {
    await goThrough(host, plans[point.plan] ?? [], course);
    const record = await ended(host);
    if (point.what.startsWith('clock') && record.state !== course)
      wrong.push({kind: 'wrong outcome', text: `ended as ${record.state}`});
    if (!existsSync(host.path('.lab/trace.reached')))
      wrong.push({kind: 'wrong outcome', text: 'the point was not reached'});
    wrong.push(...judge(record, host.snapshot(), reference), ...(await cleaned(host)));
  } catch (error) {
    wrong.push({kind: 'wrong outcome', text: String(error)});
  }
  if (wrong.length === 0) host.remove();
  return wrong.map(({kind, text}) => ({kind, text: `${nameOf(point)}: ${text} (${host.root})`}));
}

/** Of each part at least one is tried; and of what gives a mode, which has steps of its own. */
const kindOf = ({plan, part}: Point): string =>
  plan.startsWith('a mode') ? `${part} of a mode` : part;

describe.each([
  {course: 'confirmed', parts: ['begin', 'take-lock', 'work', 'confirm']},
  {course: 'undone', parts: ['put-back', 'free-lock', 'undo']},
] as const)('a run that would be $course', ({course, parts}) => {
  test(
    'is as before or as planned after a disturbance at every call',
    {timeout: 1_800_000},
    async () => {
      const reference = await references(fleet, course);
      const calls = new Map([...reference].map(([plan, {calls: made}]) => [plan, made]));
      const {points: differing, all} = choose(calls, parts);
      for (const part of parts)
        expect(differing.filter((p) => p.part === part).length).toBeGreaterThan(2);
      const points = sampled(differing, 64, nameOf, kindOf);

      const wrong = await pool(points, 4, async (point) => {
        const own = reference.get(point.plan);
        if (own === undefined) throw new Error(`no plan ${point.plan}`);
        return disturb(point, course, own);
      });

      process.stdout.write(
        `${course}: ${ofAll(points, differing)} points tried (${parts.join(', ')}); of ${all} the others are the same: ` +
          `${figures(wrong.flat())}\n`,
      );
      expect(wrong.flat().map(({text}) => text)).toEqual([]);
    },
  );
});
