import type {ChildProcess} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';

import {expect, onTestFinished, test} from 'vitest';

import type {Report} from '../../src/model/report.js';
import {until} from '../io/ssh/real-sshd.js';

import {changeLab} from './change-lab.js';
import {documentOf} from './cli.js';

test('an apply whose controller was killed stands in the report: the host may be changed or not', async () => {
  const fleet = await changeLab([{name: 'fw01', scenario: 'stalled-pflogd'}]);
  onTestFinished(() => fleet.stop());
  const {root} = fleet.lab.host('fw01');
  const audit = await fleet.run(['audit', ...fleet.where, '--json']);
  expect(audit.code).toBe(3);
  const plan = await fleet.plan();

  let controller: ChildProcess | undefined;
  const applying = fleet.run(
    ['apply', plan.id, ...fleet.where, '--yes', '--confirm-timeout', '20'],
    {
      onStart: (child) => {
        controller = child;
      },
    },
  );
  const place = join(root, 'var/db');
  await until('the host to be at work', () =>
    readdirSync(place, {recursive: true, encoding: 'utf8'}).some((name) =>
      name.endsWith('/journal'),
    ),
  );
  controller?.kill('SIGKILL');
  expect((await applying).code).toBeNull();

  const {stdout, code, stderr} = await fleet.run([
    'report',
    'latest',
    '-i',
    fleet.lab.inventoryPath,
    '--json',
  ]);
  const {changes} = documentOf({code, stdout, stderr}) as Report;
  expect(changes).toMatchObject([{host: 'fw01', kind: 'apply', result: 'lost', unfinished: true}]);
  expect(changes[0]?.reason).toMatch(/never finished.*may be changed, or may have undone/);
  const table = await fleet.run(['report', 'latest', '-i', fleet.lab.inventoryPath]);
  expect(table.stdout).toMatch(/apply on fw01: lost \(the run never finished/);
}, 120_000);
