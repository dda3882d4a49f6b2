import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, onTestFinished, test} from 'vitest';

import {startLab} from '../../src/lab/start-lab.js';
import type {AuditRun} from '../../src/model/audit-run.js';

import {freshFolder, zbufctlAgain} from './cli.js';

test('an audit applies the waivers of its policy and writes every format; a wrong waiver stops it before any host is asked', async () => {
  const dir = freshFolder();
  const lab = await startLab({
    dir: join(dir, 'lab'),
    hosts: [{name: 'drifting', scenario: 'drift'}],
  });
  onTestFinished(() => lab.stop());
  const policy = join(dir, 'policy.yaml');
  const waiver =
    'rule: ZBUF-004, hosts: [drifting], reason: known, approver: A, ticket: T-1, start: 2026-01-01';
  // The value that runs is not what auto wants either.
  const both = [waiver, waiver.replace('ZBUF-004', 'ZBUF-005')];
  const list = both.map((text) => `    - {${text}, expiry: 2999-12-31}\n`).join('');
  writeFileSync(policy, `policy:\n  waivers:\n${list}`);
  const formats = ['json', 'ndjson', 'csv', 'markdown', 'html', 'junit', 'sarif', 'oscal', 'hdf'];
  const outputs = formats.flatMap((format) => ['-o', `${format}:${dir}/out.${format}`]);
  const args = [
    'audit',
    '-i',
    lab.inventoryPath,
    '--fail-on',
    'medium',
    '--policy',
    policy,
    '--state-dir',
    join(dir, 'state'),
  ];

  const {code, stderr} = await zbufctlAgain([...args, ...outputs]);

  expect(code).toBe(0);
  // Each file is named with its size, and nothing else is said.
  expect(
    stderr
      .trim()
      .split('\n')
      .map((line) => /^Wrote .*out\.(\w+) \(\d.*\)\.$/.exec(line)?.[1]),
  ).toEqual(formats);
  const run = JSON.parse(readFileSync(`${dir}/out.json`, 'utf8')) as AuditRun;
  const drift = run.hosts[0]?.findings.find((f) => f.rule === 'ZBUF-004');
  expect([drift?.verdict, run.hosts[0]?.posture]).toEqual(['fail', 'compliant']);
  expect(drift?.waived).toContain('known');
  for (const format of formats)
    expect(readFileSync(`${dir}/out.${format}`, 'utf8')).toContain('drifting');

  writeFileSync(policy, `policy:\n  waivers:\n    - {${waiver}, expiry: 31.12.2999}\n`);
  const refused = await zbufctlAgain([...args, '--json']);
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('31.12.2999');
});
