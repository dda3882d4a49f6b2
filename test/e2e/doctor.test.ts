import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {DoctorReport} from '../../src/model/check.js';
import {schemaComplaints} from '../json-schema.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {documentOf, freshFolder, zbufctlAgain} from './cli.js';

/** The first step that is not ok, and what state it is in; '' when all are. */
const STOPS = {
  healthy: '',
  'sudo-nopasswd': '',
  'csh-login': '',
  refuses: 'problem connect',
  silent: 'problem connect',
  'unknown-host-key': 'problem host key',
  'changed-host-key': 'problem host key',
  // Nobody is there to ask for a password.
  'password-login': 'problem auth',
  'sudo-password': 'problem become',
  unprivileged: 'problem tools',
  'not-freebsd': 'note tools',
} as const;

let fleet: ChangeLab;
beforeAll(async () => {
  const names = Object.keys(STOPS) as (keyof typeof STOPS)[];
  fleet = await changeLab(names.map((scenario) => ({name: scenario, scenario})));
});
afterAll(async () => {
  await fleet.stop();
});

test('every host is told the step at which it stops, with what to do, and those after it are skipped', async () => {
  const {code, stdout, stderr} = await fleet.run([
    'doctor',
    ...Object.keys(STOPS),
    '-i',
    fleet.lab.inventoryPath,
    '--timeout',
    '8',
    '--json',
  ]);
  expect(stderr).toBe('');
  const report = documentOf({code, stdout, stderr}) as DoctorReport;

  expect(schemaComplaints('src/report/doctor.schema.json')(report)).toEqual([]);
  const stops = report.hosts.map(({host, checks}) => {
    const first = checks.find(({state}) => state !== 'ok');
    return [host, first === undefined ? '' : `${first.state} ${first.name}`];
  });
  expect(Object.fromEntries(stops)).toEqual(STOPS);
  for (const {checks} of report.hosts) {
    const after = checks.slice(checks.findIndex(({state}) => state === 'problem') + 1);
    const isOver = checks.some(({state, name}) => state === 'problem' && name !== 'tools');
    if (isOver) expect(new Set(after.map(({state}) => state))).toEqual(new Set(['skipped']));
    for (const {state, fix} of checks)
      expect(fix !== '').toBe(state === 'note' || state === 'problem');
  }
  expect(code).toBe(4);
});

test('this machine alone: what can be done without is no problem, what cannot be is code 3', async () => {
  const home = freshFolder();
  const well = await zbufctlAgain(['doctor'], {cwd: home, env: {HOME: home}});
  expect(well.code).toBe(0);
  expect(well.stdout).toMatch(/^ok +node +Node\.js \d/m);
  expect(well.stdout).toMatch(/^note +inventory +no inventory/m);

  const state = join(home, 'state');
  mkdirSync(state);
  chmodSync(state, 0o755);
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh/id_ed25519'), 'x', {mode: 0o644});
  const ill = await zbufctlAgain(['doctor', '--state-dir', state], {
    cwd: home,
    env: {HOME: home, SSH_AUTH_SOCK: join(home, 'nobody')},
  });
  expect(ill.code).toBe(3);
  expect(ill.stdout).toMatch(/^problem +state folder +others may look into .*\n +Fix: chmod 700 /m);
  expect(ill.stdout).toMatch(/^problem +keys +others may read /m);
  expect(ill.stdout).toMatch(/^problem +ssh agent +.* does not answer/m);
});
