import {afterAll, beforeAll, expect, test} from 'vitest';

import type {RollbackPreview} from '../../src/model/rollback-preview.js';
import {schemaComplaints} from '../json-schema.js';

import type {ChangeLab} from './change-lab.js';
import {applied, changeLab, snapshot} from './change-lab.js';
import {documentOf} from './cli.js';

const NAMES = ['fw1', 'fw2', 'fw3'] as const;

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(NAMES.map((name) => ({name, scenario: 'drift' as const})));
});
afterAll(async () => {
  await fleet.stop();
});

const complaints = schemaComplaints('src/report/rollback-preview.schema.json');

/** `rollback --preview`, and how it ended. */
async function preview(...words: readonly string[]): Promise<[number | null, RollbackPreview]> {
  const ran = await fleet.run(['rollback', ...words, ...fleet.where, '--preview', '--json']);
  const document = documentOf(ran) as RollbackPreview;
  expect(complaints(document)).toEqual([]);
  return [ran.code, document];
}

const snapshots = (): readonly unknown[] => fleet.lab.hosts.map(snapshot);

test('rollback latest: canary, then batches, of the latest apply that changed something; no line twice', async () => {
  const before = snapshots();
  expect(await preview('latest', 'fw2')).toEqual([0, expect.objectContaining({hosts: []})]);
  const changed = await fleet.apply((await fleet.plan()).id);
  expect(changed.run.hosts.map(({result}) => result)).toEqual(NAMES.map(() => 'changed'));
  // A newer one that changed nothing.
  const idle = await fleet.apply((await fleet.plan()).id);
  expect(idle.run.hosts.map(({result}) => result)).toEqual(NAMES.map(() => 'already'));
  expect(snapshots()).not.toEqual(before);

  const [code, {undoes, hosts}] = await preview('latest', 'fw2');
  expect([code, undoes, hosts.map(({host}) => host)]).toEqual([3, changed.run.run, ['fw2']]);
  expect(hosts[0]?.steps).toContainEqual(
    expect.objectContaining({kind: 'set-running', from: 0, to: 1}),
  );

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

test('rolled back before: already, and nothing is changed', async () => {
  const before = snapshots();
  const words = ['rollback', 'latest', 'fw1', ...fleet.where, '--yes', '--json'];
  const again = applied(await fleet.run(words));
  expect([again.code, again.run.hosts.map(({result, reason}) => [result, reason])]).toEqual([
    0,
    [['already', 'it was undone before']],
  ]);
  expect(snapshots()).toEqual(before);
});
