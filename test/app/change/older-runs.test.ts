import {expect, test} from 'vitest';

import {applyTask} from '../../../src/app/change/apply-task.js';
import {planOfRun} from '../../../src/app/change/stored-plans.js';

const RUN = '20261124T081500Z-apply-3f9a';
const PLAN = 'plan-20261124T081000Z-19cf';
/** Runs as a zbufctl of before signed plans stored them. */
const store = {
  resolve: () => Promise.resolve(RUN),
  load: () => Promise.resolve({finished: true, document: {hosts: []}} as never),
  planText: () => Promise.resolve(JSON.stringify({schema: 'zbufctl.plan/1', id: PLAN, hosts: []})),
};

test.each<[string, () => Promise<unknown>]>([
  [
    'resumed',
    () =>
      applyTask(
        {plan: undefined, resume: RUN},
        {
          store,
          plans: {
            resolve: () => Promise.reject(new Error()),
            usedBy: () => Promise.reject(new Error()),
          },
          planSchema: {},
        },
      ),
  ],
  ['rolled back', () => planOfRun(store, RUN, {})],
])(
  'a run of a plan with a short id is not %s, and the refusal says what to do',
  async (_, asked) => {
    await expect(asked()).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(
        `${RUN} carried out ${PLAN}.*neither resumed nor rolled back`,
      ) as string,
      fix: expect.stringMatching(/plan again.*To undo it.*zbufctl runs show/) as string,
    });
  },
);
