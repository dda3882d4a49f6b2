import {cpSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {LabHost} from '../../src/lab/start-lab.js';

import type {ChangeLab} from './change-lab.js';
import {atPath, changeLab, setRunning} from './change-lab.js';

/** A rule as pfctl -s rules prints it, which logs what is sent over loopback. */
const LOGS_LOOPBACK = 'block drop log all\npass log on lo0 all flags S/SA keep state\n';

/** How the capture behaves that the restarted pflogd opens, as the bpf table names it. */
function restartsAs(host: LabHost, behaviour: 'idle' | 'stalled', holdLength = 0): void {
  // Hosts of one scenario share this folder: from now on this one has its own.
  const services = atPath(host, '.lab/service');
  const shared = realpathSync(services);
  rmSync(services);
  cpSync(shared, services, {recursive: true});
  const file = join(services, 'pflog/buffered/bpf');
  const rows = readFileSync(file, 'latin1').trimEnd().split('\n');
  const edited = rows.map((row) => {
    const fields = row.split('\t');
    [fields[7], fields[9]] = [String(holdLength), behaviour];
    return `${fields.join('\t')}\n`;
  });
  writeFileSync(file, edited.join(''), 'latin1');
}

const NAMES = ['busy', 'quiet', 'skipped', 'unlogged', 'logged', 'piling'];
let fleet: ChangeLab;

beforeAll(async () => {
  fleet = await changeLab(NAMES.map((name) => ({name, scenario: 'pf-logger-at-boot'})));
  for (const host of fleet.lab.hosts) {
    setRunning(host, 1);
    if (host.name === 'piling') restartsAs(host, 'stalled', 4000);
    else if (host.name !== 'busy') restartsAs(host, 'idle');
    if (['skipped', 'logged', 'unlogged'].includes(host.name))
      writeFileSync(atPath(host, '.lab/pf.rules'), LOGS_LOOPBACK);
    if (host.name === 'skipped') writeFileSync(atPath(host, '.lab/pf.skip'), '');
    // Another rule wins: the packet is sent, and not logged.
    if (host.name !== 'unlogged') writeFileSync(atPath(host, '.lab/pf.logs'), '');
    rmSync(atPath(host, '.lab/pings'), {force: true});
  }
}, 120_000);

afterAll(async () => {
  await fleet.stop();
});

const pings = (name: string): string => {
  try {
    return readFileSync(atPath(fleet.lab.host(name), '.lab/pings'), 'utf8').trim();
  } catch {
    return '0';
  }
};

test('before it is confirmed a restarted capture has to take packets, or the run says that none came', async () => {
  const plan = await fleet.plan();
  const ran = await fleet.apply(plan.id, [
    '--canary',
    '0',
    '--batch',
    '100%',
    '--max-failures',
    '100%',
  ]);

  const seen = NAMES.map((name) => {
    const {result, verified} = ran.host(name);
    return [name, result, verified, pings(name)];
  });
  expect(seen).toEqual([
    ['busy', 'changed', 'recording', '0'],
    ['quiet', 'changed', 'untested', '0'],
    ['skipped', 'changed', 'untested', '0'],
    ['unlogged', 'changed', 'untested', '1'],
    ['logged', 'changed', 'recording', '1'],
    ['piling', expect.stringMatching(/^(rolled-back|failed)$/), undefined, '0'],
  ]);
  expect(ran.host('piling').reason).toMatch(/^verification failed: pflogd .* does not take/);
  const {steps} = ran.host('quiet');
  expect(steps.at(-1)?.detail).toBe('pflogd captures on pflog0, not tested: no packet arrived');

  const {stdout} = await fleet.run(['runs', 'show', ran.run.run]);
  expect(stdout).toContain('captures not tested: no packet arrived');
}, 200_000);
