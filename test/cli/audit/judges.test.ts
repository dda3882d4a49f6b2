import {expect, test} from 'vitest';

import type {JudgeQuestion} from '../../../src/app/evidence/judge-questions.js';
import {judgeHere} from '../../../src/app/evidence/judge-stretch.js';
import {inThread} from '../../../src/cli/audit/judges.js';
import {loadSchema} from '../../../src/io/package/schemas.js';
import type {Thread} from '../../../src/io/threads/thread.js';
import {evidenceFor, makeHost} from '../../world.js';

const here = judgeHere({
  services: [],
  modeObjects: [],
  waivers: [],
  now: '2026-11-24T08:15:00.000Z',
  schema: loadSchema('collect/evidence'),
});
const host = makeHost({host: 'fw01', posture: 'compliant'});
const kept = [{name: 'fw01', bytes: Buffer.from(JSON.stringify(evidenceFor(host)))}];
const meant = [
  {host: {name: 'fw01', address: 'fw01', groups: [], policy: {}, origin: {file: 'x'}}},
];

/** Ends at a question of a kind, as one that has no memory left; a real end cannot be timed. */
const endsAt = (kind: JudgeQuestion['kind']): Thread => ({
  ask: async (asked) => {
    const question = asked as JudgeQuestion;
    if (question.kind === kind) throw new Error('a thread ended');
    return (await here.read(kept)).results;
  },
  end: () => Promise.resolve(),
});

test.each(['read', 'judge'] as const)(
  'what made a thread end at %s is judged where there is more memory',
  async (kind) => {
    const own = await here.read(kept);
    const read = await inThread(endsAt(kind), 1, here).read(kept);

    expect(read.results).toEqual(own.results);
    expect(await read.judge(meant as never)).toEqual(await own.judge(meant as never));
  },
);
