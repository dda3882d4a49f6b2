import {expect, test} from 'vitest';

import {storedProbes} from '../../../src/app/evidence/stored-probes.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import type {ProbedHost} from '../../../src/model/probe.js';
import {expectedMatrix} from '../../../src/probe/expected-matrix.js';
import {freshFolder} from '../../e2e/cli.js';

const matrix = expectedMatrix.map(({basis: _basis, parent, child, ...cell}) => ({
  ...cell,
  sent: parent.map(() => 20),
  parent: parent.map((share) => share * 20),
  child: child.map((share) => share * 20),
  seenByOther: parent.map(() => 0),
}));

const probed = (host: string, changes: Partial<ProbedHost> = {}): ProbedHost => ({
  host,
  kernel: '15.1-RELEASE',
  machine: 'amd64',
  model: false,
  interface: 'lo0',
  zerocopyBefore: 1,
  zerocopyAfter: 1,
  elapsedMilliseconds: 1,
  matrix,
  ...changes,
});
const failed = {error: {code: 'compiler', message: 'm', fix: 'f'}, matrix: []} as const;

test('the newest usable probe of every host counts, however many runs ago; failed tries and models do not hide it', async () => {
  const store = new RunStore(freshFolder(), {onNotice: () => undefined});
  let n = 0;
  const keep = async (...hosts: readonly ProbedHost[]): Promise<string> => {
    const run = `20261120T08${String(n).padStart(4, '0')}Z-probe-0001`;
    n += 1;
    const at = '2026-11-20T08:00:00.000Z';
    const tool = {name: 'zbufctl', version: '0.1.0'} as const;
    await (
      await store.begin(run)
    ).finish({schema: 'zbufctl.probe/1', run, startedAt: at, finishedAt: at, tool, hosts} as never);
    return run;
  };
  const good = await keep(probed('a'), probed('b'));
  for (let i = 0; i < 52; i += 1) await keep(probed(`other${i}`));
  const bad = await keep(probed('a', failed), probed('c', failed));
  const model = await keep(
    probed('a', {model: true}),
    probed('b', {model: true}),
    probed('d', {model: true}),
  );
  await keep(probed('b', {matrix: matrix.slice(0, 3)}));

  const {byHost, runs} = await storedProbes(store, ['a', 'b', 'c', 'd', 'nobody']);
  expect([...byHost].map(([host, probe]) => [host, probe.run, probe.laterTry?.run]).sort()).toEqual(
    [
      ['a', good, bad],
      ['b', good, expect.any(String)],
      ['c', bad, undefined],
      ['d', model, undefined],
    ],
  );
  // Runs about other hosts were not read.
  expect(runs.size).toBeLessThan(6);
});
