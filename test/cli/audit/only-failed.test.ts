import {expect, test} from 'vitest';

import {REFUSED, scriptedFleet} from './scripted-fleet.js';

test('only hosts that were not assessed are asked again, of the newest run or of one that is named', async () => {
  let down = ['fw01', 'fw03', 'fw04'];
  const fleet = scriptedFleet(['fw01', 'fw02', 'fw03', 'fw04'], (host) =>
    down.includes(host) ? REFUSED : undefined,
  );
  const controller = fleet.controller();
  const asked = async (...[flags, names]: Parameters<typeof controller.audit>) => {
    controller.called.length = 0;
    const {run, code} = await controller.audit(flags, names);
    return {run, code, called: [...controller.called].sort()};
  };
  await expect(controller.audit({'only-failed': true})).rejects.toThrow('no audit');
  const first = await asked();
  expect(first.code).toBe(4);

  down = ['fw04'];
  expect(await asked({'failed-in': first.run.run}, ['fw0[1-2]'])).toMatchObject({
    called: ['fw01'],
    code: 0,
    run: {asked: 'named'},
  });
  const again = await asked({'failed-in': first.run.run});
  expect(again).toMatchObject({called: ['fw01', 'fw03', 'fw04'], code: 4});
  expect(controller.notes).toContain(
    `Run ${first.run.run} did not assess 3 hosts; 3 will be asked.`,
  );

  down = [];
  expect(await asked({'only-failed': true})).toMatchObject({called: ['fw04'], code: 0});
  const runs = await controller.world.store.list();
  expect(await asked({'only-failed': true})).toMatchObject({
    called: [],
    code: 0,
    run: {hosts: [], totals: {}},
  });
  expect(await controller.world.store.list()).toEqual(runs);
});
