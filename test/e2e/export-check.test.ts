import {spawnSync} from 'node:child_process';
import {statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {freshFolder, zbufctlAgain} from './cli.js';

test('a check is written as a program, with the policy in it, and says what it cannot decide', async () => {
  const folder = freshFolder();
  const inventory = join(folder, 'zbufctl.yaml');
  writeFileSync(
    inventory,
    'policy: {zerocopy: "on"}\nhosts: [fw01]\ngroups: {edge: {hosts: [fw02], policy: {zerocopy: auto}}}\n',
  );
  const file = join(folder, 'check_zbufctl');

  const made = await zbufctlAgain([
    'export',
    'check',
    '-i',
    inventory,
    '--as',
    'nagios',
    '-o',
    file,
  ]);
  expect([made.code, made.stdout, made.stderr]).toEqual([0, '', '']);
  expect(statSync(file).mode & 0o111).not.toBe(0);
  // This is no FreeBSD.
  expect(spawnSync(file, {encoding: 'utf8'})).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^ZBUFCTL OK: not-applicable: this is not FreeBSD \| /) as string,
  });

  const open = await zbufctlAgain(['export', 'check', 'fw02', '-i', inventory, '--as', 'syslog']);
  expect(open.code).toBe(0);
  expect(open.stdout).toContain('\n\t\twish = "auto"\n');
  expect(open.stderr).toContain("The policy's zerocopy: auto cannot be compared");

  const two = await zbufctlAgain(['export', 'check', 'fw0*', '-i', inventory, '--as', 'syslog']);
  expect([two.code, two.stderr]).toEqual([2, expect.stringContaining('fw0* means 2 hosts')]);
});
