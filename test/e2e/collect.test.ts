import {execFileSync} from 'node:child_process';
import {cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {documentOf, freshFolder} from './cli.js';

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
  const folder = freshFolder();
  // Dots of the name are the host's own.
  for (const name of ['byhand.txt', 'fw01.example.net'])
    writeFileSync(join(folder, name), said, 'latin1');
  expect(readFileSync(join(folder, 'byhand.txt')).length).toBeGreaterThan(1000);
  expect(postures(await fleet.run(['audit', '--from', folder, '--json']))).toEqual({
    byhand: 'broken',
    'fw01.example.net': 'broken',
  });
});

test('over ssh2, over OpenSSH and ingested from elsewhere, findings are the same to the byte', async () => {
  const names = ['fine', 'stalled'];
  const records = freshFolder();
  const asItWas = freshFolder();
  const kept = (name: string): string => join(fleet.lab.host(name).root, '.lab');
  for (const name of names) cpSync(kept(name), join(asItWas, name), {recursive: true});
  // The counters of a practice host grow with each look at them.
  const judged = async (args: readonly string[]): Promise<readonly string[]> => {
    const ran = await fleet.run([...args, '--json']);
    expect(ran.stdout, ran.stderr).not.toBe('');
    for (const name of names) {
      rmSync(kept(name), {recursive: true});
      cpSync(join(asItWas, name), kept(name), {recursive: true});
    }
    return (documentOf(ran) as AuditRun).hosts.map(({host, posture, findings}) =>
      JSON.stringify({host, posture, findings}),
    );
  };
  const policy = ['--policy', join(fleet.dir, 'policy.yaml')];
  const {stdout: script} = await fleet.run(['collect', '--print', ...policy]);
  for (const name of names) {
    const {root} = fleet.lab.host(name);
    const env = {ZBUFCTL_ROOT: root, LAB_UID: '0', LAB_USER: 'root', PATH: '/bin:/usr/bin'};
    const said = execFileSync('/bin/sh', ['-s'], {input: script, env});
    writeFileSync(join(records, `${name}.txt`), said);
  }
  // First: what was collected before an audit does not come after it.
  const ingested = await judged(['ingest', records, ...policy]);
  const ssh2 = await judged(['audit', ...names, ...fleet.where]);
  const openssh = await judged(['audit', ...names, ...fleet.where, '--transport', 'openssh']);
  expect(ssh2.map((line) => (JSON.parse(line) as {posture: string}).posture)).toEqual([
    'drift',
    'broken',
  ]);
  expect(openssh).toEqual(ssh2);
  expect(ingested).toEqual(ssh2);
});
