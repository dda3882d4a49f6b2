import {appendFileSync, existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {RunStore} from '../../src/io/store/run-store.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import {schemaComplaints} from '../json-schema.js';
import {evidenceFor, makeHost, makeRun, oneOfEach} from '../world.js';

import {documentOf, freshFolder, zbufctlAgain} from './cli.js';

const FIRST = '20261123T081500Z-audit-0a0a';
const SECOND = '20261124T081500Z-audit-0b0b';

/** A state directory with two audits; in the second, fw02 is mended. */
async function twoAudits(): Promise<string> {
  const state = freshFolder();
  const store = new RunStore(state, {onNotice: () => undefined});
  const mended = oneOfEach().hosts.map((host) =>
    host.host === 'fw02.example.net' ? makeHost({host: host.host, posture: 'compliant'}) : host,
  );
  for (const run of [{...oneOfEach(), run: FIRST}, makeRun(mended, {run: SECOND})]) {
    const writer = await store.begin(run.run);
    for (const host of run.hosts) await writer.keepEvidence(evidenceFor(host));
    await writer.finish(run);
  }
  return state;
}

test('runs lists what is stored, newest first, also as JSON that keeps to its schema', async () => {
  const state = await twoAudits();

  const text = await zbufctlAgain(['runs', '--state-dir', state]);
  const json = await zbufctlAgain(['runs', '--state-dir', state, '--verify', '--json']);

  expect([text.code, text.stderr]).toEqual([0, '']);
  expect(text.stdout.indexOf(SECOND)).toBeGreaterThan(0);
  expect(text.stdout.indexOf(FIRST)).toBeGreaterThan(text.stdout.indexOf(SECOND));
  expect(schemaComplaints('src/report/runs.schema.json')(documentOf(json))).toEqual([]);
});

test('runs without a store says so and makes none', async () => {
  const state = join(freshFolder(), 'none');
  const {code, stdout} = await zbufctlAgain(['runs', '--state-dir', state]);

  expect(code).toBe(0);
  expect(stdout).toContain('No run is stored yet');
  expect(existsSync(state)).toBe(false);
});

test('runs show takes the start of an id, and prints any format', async () => {
  const state = await twoAudits();

  const table = await zbufctlAgain(['runs', 'show', '20261123', '--state-dir', state]);
  const json = await zbufctlAgain(['runs', 'show', 'latest', '--state-dir', state, '--json']);
  const file = join(state, 'run.csv');
  await zbufctlAgain(['runs', 'show', FIRST, '--state-dir', state, '-o', `csv:${file}`]);

  expect(table.stdout).toMatch(/^broken +fw02\.example\.net/m);
  expect((documentOf(json) as AuditRun).run).toBe(SECOND);
  expect(schemaComplaints('src/report/audit-run.schema.json')(documentOf(json))).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain('fw02.example.net');
});

test('a stored run shown as HDF says that its hash chain was checked', async () => {
  const state = await twoAudits();
  const {code, stdout} = await zbufctlAgain([
    'runs',
    'show',
    FIRST,
    '--state-dir',
    state,
    '-o',
    'hdf',
  ]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/intact, head [0-9a-f]{64}/);
  expect(stdout).not.toContain('not checked');
});

test('runs show refuses an ambiguous id, and an id that is none, by name', async () => {
  const state = await twoAudits();

  const ambiguous = await zbufctlAgain(['runs', 'show', '2026112', '--state-dir', state]);
  const nonsense = await zbufctlAgain(['runs', 'show', '../../etc/passwd', '--state-dir', state]);

  expect([ambiguous.code, ambiguous.stdout]).toEqual([2, '']);
  expect(ambiguous.stderr).toContain(`2 runs: ${FIRST}, ${SECOND}`);
  expect([nonsense.code, nonsense.stdout]).toEqual([2, '']);
});

test('runs diff tells what was fixed between two audits', async () => {
  const state = await twoAudits();

  const text = await zbufctlAgain(['runs', 'diff', FIRST, 'latest', '--state-dir', state]);
  const json = await zbufctlAgain(['runs', 'diff', FIRST, SECOND, '--state-dir', state, '--json']);

  expect(text.stdout).toMatch(/fixed +fw02\.example\.net +ZBUF-001/);
  expect(text.stdout).toContain('posture broken -> compliant');
  const diff: unknown = documentOf(json);
  expect(schemaComplaints('src/report/runs.schema.json', '#/$defs/diff')(diff)).toEqual([]);
  expect(diff).toMatchObject({totals: {new: 0, fixed: 2, changed: 0, gone: 0}});
});

test('a stored run that was changed is named by --verify and not shown', async () => {
  const state = await twoAudits();
  expect((await zbufctlAgain(['runs', '--verify', '--state-dir', state])).stdout).toContain(
    '2 runs checked: hash chain intact.',
  );
  appendFileSync(join(state, 'runs', FIRST, 'run.json'), ' ');

  const verify = await zbufctlAgain(['runs', '--verify', '--state-dir', state]);
  const show = await zbufctlAgain(['runs', 'show', FIRST, '--state-dir', state]);

  expect(verify.code).toBe(3);
  expect(verify.stdout).toContain(`${FIRST}: run.json was changed`);
  expect([show.code, show.stdout]).toEqual([5, '']);
  expect(show.stderr).toContain('was changed after it was stored');
});

test('a run that was never finished is listed as such, and says where its evidence is', async () => {
  const state = freshFolder();
  const writer = await new RunStore(state, {onNotice: () => undefined}).begin(FIRST);
  await writer.keepEvidence(evidenceFor({host: 'fw01', address: '192.0.2.1'}));

  const list = await zbufctlAgain(['runs', '--state-dir', state]);
  const show = await zbufctlAgain(['runs', 'show', FIRST, '--state-dir', state]);
  const evidence = /--from '([^']+)'/.exec(show.stderr)?.[1] ?? '';
  const again = await zbufctlAgain(['audit', '--from', evidence, '--json']);

  expect(list.stdout).toContain('not finished');
  expect(show.code).toBe(2);
  expect((documentOf(again) as AuditRun).hosts.map(({host}) => host)).toEqual(['fw01']);
});

test('a state directory nobody may write is explained, not a stack trace', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'not'));
  appendFileSync(join(folder, 'not', 'a-directory'), '');
  const {code, stderr} = await zbufctlAgain([
    'runs',
    '--state-dir',
    join(folder, 'not', 'a-directory'),
  ]);

  expect(code).toBe(2);
  expect(stderr).toContain('not a directory');
  expect(stderr).not.toContain('    at ');
});
