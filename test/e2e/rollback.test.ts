import {afterAll, beforeAll, expect, test} from 'vitest';

import type {ChangeLab} from './change-lab.js';
import {changeLab, snapshot} from './change-lab.js';

const NAMES = ['fw1', 'fw2', 'fw3'] as const;

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(NAMES.map((name) => ({name, scenario: 'drift' as const})));
});
afterAll(async () => {
  await fleet.stop();
});

const snapshots = (): readonly unknown[] => fleet.lab.hosts.map(snapshot);

test('rollback latest: canary, then batches, of the latest apply that changed something; no line twice', async () => {
  const before = snapshots();
  const changed = await fleet.apply((await fleet.plan()).id);
  expect(changed.run.hosts.map(({result}) => result)).toEqual(NAMES.map(() => 'changed'));
  // A newer one that changed nothing.
  const idle = await fleet.apply((await fleet.plan()).id);
  expect(idle.run.hosts.map(({result}) => result)).toEqual(NAMES.map(() => 'already'));
  expect(snapshots()).not.toEqual(before);

  const shares = ['--canary', '1', '--batch', '1', '--concurrency', '3'];
  const ran = await fleet.run([
    'rollback',
    'latest',
    ...fleet.where.slice(0, 2),
    ...shares,
    '--yes',
  ]);

  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(`The latest apply that changed something is ${changed.run.run}`);
  expect(snapshots()).toEqual(before);
  // Each wave ends before the next begins.
  const told = /canary|wave \d|\bfw[1-3]\b(?=.*rolled-back)/g;
  expect(ran.stderr.match(told)).toEqual(['canary', 'fw1', 'wave 2', 'fw2', 'wave 3', 'fw3']);
  // What is about a host is said once.
  const lines = `${ran.stderr}\n${ran.stdout}`
    .split('\n')
    .filter((line) => /\bfw[1-3]\b/.test(line));
  expect(lines.length).toBeGreaterThan(NAMES.length);
  expect(lines.filter((line, at) => lines.indexOf(line) !== at)).toEqual([]);
});
