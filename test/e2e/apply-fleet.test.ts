import {appendFileSync, symlinkSync, mkdirSync} from 'node:fs';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {EVERY} from '../tools/sampled.js';

import type {ChangeLab} from './change-lab.js';
import {atPath, changeLab, lockOf, runningOf, setRunning} from './change-lab.js';

/** A host costs a second of the machine the fleet is played on. */
const COUNT = EVERY ? 200 : 12;
const QUARTER = COUNT / 4;
/** Where in the fleet the trouble is: in every wave, twice in the third. */
const [gone, edited, denied, locked, full] = [0.1, 0.35, 0.5, 0.7, 0.9].map((share) =>
  Math.floor(share * COUNT),
) as [number, number, number, number, number];
const nameOf = (i: number): string => `fw${String(i).padStart(3, '0')}`;

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    Array.from({length: COUNT}, (_, i) => ({
      name: nameOf(i),
      scenario: 'pf-logger-at-boot' as const,
    })),
    'zerocopy: off\n',
  );
  for (const host of fleet.lab.hosts) setRunning(host, 1);
}, 300_000);
afterAll(async () => {
  await fleet.stop();
});

test(`${COUNT} hosts, one canary, quarters, five failing in different ways: board, summary and exit code agree`, async () => {
  const host = (i: number) => fleet.lab.host(nameOf(i));
  const plan = await fleet.plan([], ['--concurrency', '64']);
  expect(plan.hosts.filter(({gate, steps}) => gate.allowed && steps.length > 0)).toHaveLength(
    COUNT,
  );
  // Five kinds of trouble that a plan cannot know of; all but the last leave the host as it was.
  host(gone).refuse();
  appendFileSync(atPath(host(edited), 'etc/sysctl.conf'), '# changed since the plan\n');
  host(denied).fail('sysctl', 'Operation not permitted');
  mkdirSync(atPath(host(locked), 'var/db/zbufctl/20261101T010203Z-apply-beef'), {recursive: true});
  symlinkSync('20261101T010203Z-apply-beef', atPath(host(locked), 'var/db/zbufctl/lock'));
  host(full).fail('fsync', 'No space left on device');

  const ran = await fleet.apply(plan.id, [
    ...['--canary', '1', '--batch', '25%', '--max-failures', '5', '--concurrency', '32'],
  ]);

  const results = new Map(ran.run.hosts.map(({host: name, result}) => [name, result]));
  expect([gone, edited, denied, locked, full].map((i) => results.get(nameOf(i)))).toEqual([
    'not-started',
    'refused',
    'rolled-back',
    'refused',
    'refused',
  ]);
  expect([...results.values()].filter((result) => result === 'changed')).toHaveLength(COUNT - 5);
  expect(ran.code).toBe(6);
  for (const [name, result] of results) {
    expect([name, runningOf(fleet.lab.host(name))]).toEqual([
      name,
      result === 'changed' ? '0' : '1',
    ]);
    const held = name === nameOf(locked) ? 'lock' : undefined;
    expect([name, lockOf(fleet.lab.host(name))]).toEqual([name, held]);
  }

  // What was told while it went on: the canary alone, then four waves, and a line a host.
  const told = ran.stderr.split('\n');
  expect(told.filter((line) => /^(?:canary|wave \d+) \(\d+\):$/.test(line))).toEqual([
    'canary (1):',
    ...[2, 3, 4].map((wave) => `wave ${wave} (${QUARTER}):`),
    `wave 5 (${QUARTER - 1}):`,
  ]);
  const lines = told.filter((line) => /^fw\d{3}: /.test(line));
  expect(lines.map((line) => /^(\S+): (\S+?)(?::|$)/.exec(line)?.slice(1, 3)).sort()).toEqual(
    [...results].map(([name, result]) => [name, result]).sort(),
  );
  expect(lines[0]).toMatch(/^fw000: changed/);

  const shown = await fleet.run(['runs', 'show', ran.run.run]);
  expect(shown.stdout).toContain(
    `${COUNT} hosts: 1 rolled-back, 3 refused, 1 not-started, ${COUNT - 5} changed.`,
  );
}, 400_000);
