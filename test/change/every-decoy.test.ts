import {existsSync, writeFileSync} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import {ofAll, sampled} from '../tools/sampled.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, RUN, trace} from './change-host.js';
import type {Course, Snapshot, Undisturbed, Wrong} from './disturbed.js';
import {cleaned, ended, figures, goThrough, judge, open, pool, undisturbed} from './disturbed.js';
import type {Point} from './points.js';
import {choose, decoys, nameOf, plans} from './points.js';

/**
 * A stranger's process that is called as the service and does not end: it appears before each call
 * that could see it. It is never killed; what it keeps from being undone is said with its number,
 * and is undone once it is gone.
 */
const PLAN = 'a stalled service restarted';
const DECOY = /^9001\t.*\n/m;

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

const withoutDecoy = (now: Snapshot): Snapshot => ({
  ...now,
  services: (now['services'] ?? '').replace('like pflog ', ''),
});

/** True when the host could not undo it and says whose process stands in the way. */
async function isNamed(host: ChangeHost): Promise<boolean> {
  const {record} = await host.contact('status', RUN);
  return (
    record?.state === 'undo-failed' && record.undone.some(({detail}) => /\bpid 9001\b/.test(detail))
  );
}

async function decoyAt(
  point: Point,
  course: Course,
  reference: Undisturbed,
): Promise<readonly Wrong[]> {
  const host = open(fleet);
  trace(host, `${point.part} ${point.number} ${point.when} ${point.what}`);
  const wrong: Wrong[] = [];
  try {
    await goThrough(host, plans[point.plan] ?? [], course);
    let record = await ended(host);
    if (!existsSync(host.path('.lab/trace.reached')))
      wrong.push({kind: 'wrong outcome', text: 'the point was not reached'});
    if (!DECOY.test(host.text('.lab/proc')))
      wrong.push({kind: 'stranger killed', text: 'the decoy is gone'});
    if (record.state === 'undo-failed') {
      if (!(await isNamed(host)))
        wrong.push({kind: 'wrong outcome', text: 'undo-failed, and not why'});
      writeFileSync(host.path('.lab/proc'), host.text('.lab/proc').replace(DECOY, ''));
      record = (await host.contact('undo', RUN)).record ?? (await ended(host));
    }
    wrong.push(
      ...judge(record, withoutDecoy(host.snapshot()), reference),
      ...(await cleaned(host)),
    );
  } catch (error) {
    wrong.push({kind: 'wrong outcome', text: String(error)});
  }
  if (wrong.length === 0) host.remove();
  return wrong.map(({kind, text}) => ({kind, text: `${nameOf(point)}: ${text} (${host.root})`}));
}

describe.each([
  {course: 'confirmed', parts: ['begin', 'work']},
  {course: 'undone', parts: ['put-back']},
] as const)('a decoy in a run that would be $course', ({course, parts}) => {
  test(
    'is never killed, and what it prevents is said and undone later',
    {timeout: 1_800_000},
    async () => {
      const reference = await undisturbed(fleet, plans[PLAN] ?? [], course);
      const {points: differing, all} = choose(new Map([[PLAN, reference.calls]]), parts, decoys);
      expect(differing.length).toBeGreaterThan(5);
      const points = sampled(differing, 48, nameOf, ({part}) => part);

      const wrong = await pool(points, 3, (point) => decoyAt(point, course, reference));

      process.stdout.write(
        `${course}: ${ofAll(points, differing)} decoys (${parts.join(', ')}); of ${all} the others are the same: ` +
          `${figures(wrong.flat())}\n`,
      );
      expect(wrong.flat().map(({text}) => text)).toEqual([]);
    },
  );
});
