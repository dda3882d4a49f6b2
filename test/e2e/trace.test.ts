import {afterAll, beforeAll, expect, test} from 'vitest';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab([
    {name: 'stalled', scenario: 'stalled-pflogd'},
    {name: 'gone', scenario: 'refuses'},
  ]);
});
afterAll(async () => {
  await fleet.stop();
});

test('a trace over SSH names the broken layer, on stdout, and ends as an audit would', async () => {
  const {code, stdout, stderr} = await fleet.run(['trace', 'stalled', 'pflogd', ...fleet.where]);

  expect([code, stderr]).toEqual([3, '']);
  expect(stdout).toMatch(
    /^stalled \(practice\), logger pflogd: the first broken layer is "buffers"/,
  );
  expect(stdout).toContain('Fix: Now: sysctl net.bpf.zerocopy_enable=0');
});

test('what cannot be traced is said, with the code for it', async () => {
  const gone = await fleet.run(['trace', 'gone', ...fleet.where, '--json']);
  expect([gone.code, gone.stdout]).toEqual([4, '']);
  expect(gone.stderr).toContain('gone: ');

  const nobody = await fleet.run(['trace', 'stalled', 'pflogdd', ...fleet.where]);
  expect(nobody.code).toBe(2);
  expect(nobody.stderr).toContain('no service is called pflogdd');
});
