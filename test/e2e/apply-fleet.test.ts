import {appendFileSync, symlinkSync, mkdirSync} from 'node:fs';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {ChangeLab} from './change-lab.js';
import {atPath, changeLab, lockOf, runningOf, setRunning} from './change-lab.js';

const COUNT = 200;
const nameOf = (i: number): string => `fw${String(i).padStart(3, '0')}`;

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    Array.from({length: COUNT}, (_, i) => ({name: nameOf(i), scenario: 'pf-logger-at-boot' as const})),
    'zerocopy: off\n',
  );
  for (const host of fleet.lab.hosts) setRunning(host, 1);
}, 300_000);
afterAll(async () => {
  await fleet.stop();
});

test('200 hosts, one canary, quarters, five failing in different ways: board, summary and exit code agree', async () => {
  const host = (i: number) => fleet.lab.host(nameOf(i));
  const plan = await fleet.plan([], ['--concurrency', '64']);
  expect(plan.hosts.filter(({gate, steps}) => gate.allowed && steps.length > 0)).toHaveLength(COUNT);
  // Five kinds of trouble that a plan cannot know of; all but the last leave the host as it was.
  host(20).refuse();
  appendFileSync(atPath(host(60), 'etc/sysctl.conf'), '# changed since the plan\n');
  host(100).fail('sysctl', 'Operation not permitted');
  mkdirSync(atPath(host(140), 'var/db/zbufctl/20261101T010203Z-apply-beef'), {recursive: true});
  symlinkSync('20261101T010203Z-apply-beef', atPath(host(140), 'var/db/zbufctl/lock'));
  host(180).fail('fsync', 'No space left on device');

  const ran = await fleet.apply(plan.id, [
    ...['--canary', '1', '--batch', '25%', '--max-failures', '5', '--concurrency', '32'],
  ]);

  const results = new Map(ran.run.hosts.map(({host: name, result}) => [name, result]));
  expect(Object.fromEntries([20, 60, 100, 140, 180].map((i) => [i, results.get(nameOf(i))]))).toEqual({
    20: 'not-started',
    60: 'refused',
    100: 'rolled-back',
    140: 'refused',
    180: 'refused',
  });
  expect([...results.values()].filter((result) => result === 'changed')).toHaveLength(COUNT - 5);
  expect(ran.code).toBe(6);
  for (const [name, result] of results) {
    expect([name, runningOf(fleet.lab.host(name))]).toEqual([name, result === 'changed' ? '0' : '1']);
    const held = name === nameOf(140) ? 'lock' : undefined;
    expect([name, lockOf(fleet.lab.host(name))]).toEqual([name, held]);
  }

  // What was told while it went on: the canary alone, then four waves, and a line a host.
  const told = ran.stderr.split('\n');
  expect(told.filter((line) => /^(?:canary|wave \d+) \(\d+\):$/.test(line))).toEqual([
    'canary (1):',
    'wave 2 (50):',
    'wave 3 (50):',
    'wave 4 (50):',
    'wave 5 (49):',
  ]);
  const lines = told.filter((line) => /^fw\d{3}: /.test(line));
  expect(lines.map((line) => /^(\S+): (\S+?)(?::|$)/.exec(line)?.slice(1, 3)).sort()).toEqual(
    [...results].map(([name, result]) => [name, result]).sort(),
  );
  expect(lines[0]).toMatch(/^fw000: changed/);

  const shown = await fleet.run(['runs', 'show', ran.run.run]);
  expect(shown.stdout).toContain('200 hosts: 1 rolled-back, 3 refused, 1 not-started, 195 changed.');
}, 400_000);
