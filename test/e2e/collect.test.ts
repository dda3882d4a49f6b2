import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {freshFolder} from './cli.js';

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab([
    {name: 'fine', scenario: 'healthy'},
    {name: 'stalled', scenario: 'stalled-pflogd'},
    {name: 'gone', scenario: 'refuses'},
  ]);
});
afterAll(async () => {
  await fleet.stop();
});

const postures = ({stdout}: {stdout: string}): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(stdout) as AuditRun).hosts.map(({host, posture}) => [host, posture]),
  );

test('what is collected is judged later as it would have been at once', async () => {
  const out = freshFolder();
  const collected = await fleet.run(['collect', ...fleet.where, '--out', out]);
  expect([collected.code, collected.stdout]).toEqual([4, '']);
  expect(collected.stderr).toContain('not assessed: 1 host (gone)');
  expect(readdirSync(out).sort()).toEqual(['fine.json', 'stalled.json']);

  const judged = await fleet.run(['audit', '--from', out, '--json']);
  expect(judged.stderr).toBe('');
  expect(postures(judged)).toEqual({fine: 'compliant', stalled: 'broken'});

  const lines = (await fleet.run(['collect', 'fine', 'stalled', ...fleet.where])).stdout
    .trim()
    .split('\n');
  expect(lines.map((line) => (JSON.parse(line) as {host: string}).host).sort()).toEqual([
    'fine',
    'stalled',
  ]);
});

test('the script that is printed runs by hand, and its output is judged', async () => {
  const {stdout: script, code} = await fleet.run(['collect', '--print']);
  expect(code).toBe(0);
  const {root} = fleet.lab.host('stalled');
  const said = execFileSync('/bin/sh', ['-s'], {
    input: script,
    env: {ZBUFCTL_ROOT: root, LAB_UID: '0', PATH: '/bin:/usr/bin'},
    encoding: 'latin1',
  });
  const file = join(freshFolder(), 'byhand.txt');
  writeFileSync(file, said, 'latin1');
  expect(readFileSync(file).length).toBeGreaterThan(1000);
  expect(postures(await fleet.run(['audit', '--from', file, '--json']))).toEqual({
    byhand: 'broken',
  });
});
