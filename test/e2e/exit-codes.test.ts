import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import type {Lab} from '../../src/lab/start-lab.js';
import {startLab} from '../../src/lab/start-lab.js';
import type {AuditRun} from '../../src/model/audit-run.js';

import {documentOf, freshFolder, zbufctl, zbufctlAgain} from './cli.js';

let dir: string;
let lab: Lab;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  lab = await startLab({
    dir: join(dir, 'lab'),
    hosts: [
      {name: 'well', scenario: 'healthy'},
      {name: 'sick', scenario: 'stalled-pflogd'},
      {name: 'drifting', scenario: 'drift'},
      {name: 'hidden', scenario: 'unprivileged'},
      {name: 'gone', scenario: 'refuses'},
      {name: 'slow', scenario: 'silent'},
    ],
  });
});

afterAll(async () => {
  await lab.stop();
  rmSync(dir, {recursive: true, force: true});
});

const audit = (...args: string[]): ReturnType<typeof zbufctl> =>
  zbufctlAgain(['audit', '-i', lab.inventoryPath, ...args]);

describe('audit', () => {
  test('0: nothing to report', async () => {
    const {code, stdout, stderr} = await audit('well');

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 host: 1 compliant');
  });

  test('3: a finding at or above --fail-on, the same with --json', async () => {
    expect((await audit('sick', '--json')).code).toBe(3);
    expect((await audit('drifting')).code).toBe(0);
    expect((await audit('drifting', '--fail-on', 'medium')).code).toBe(3);
    expect((await audit('drifting', '--fail-on', 'medium', '--json')).code).toBe(3);
  });

  test('4: a host that is unknown or unreachable; it is larger than 3', async () => {
    expect((await audit('hidden')).code).toBe(4);
    expect((await audit('gone', 'sick')).code).toBe(4);
  });

  test('2, and no defect, when nobody reads what is wrong', async () => {
    const {code} = await zbufctl(['runs', 'show'], {onStart: (child) => child.stderr?.destroy()});
    expect(code).toBe(2);
  });

  test('5 is not for audits; 2: every kind of wrong usage and unreadable input, said on stderr alone', async () => {
    const broken = join(freshFolder(), 'zbufctl.yaml');
    writeFileSync(broken, 'groups:\n  edge:\n    hosst: [fw1]\n');
    for (const [args, words] of [
      [['audit', '--nonsense'], 'nonsense'],
      [['audit', '-i', '/does/not/exist.yaml'], '/does/not/exist.yaml'],
      [['audit', '-i', broken], 'zbufctl.yaml:3'],
      [['audit', '-i', lab.inventoryPath, 'wel'], 'well'],
      [['audit', '-i', lab.inventoryPath, '-o', 'tabel'], 'tabel'],
      [
        ['audit', '-i', lab.inventoryPath, '-o', 'json:/does/not/exist/run.json', 'well'],
        '/does/not/exist',
      ],
      [['audit', '-i', lab.inventoryPath, '-o', 'json', '-o', 'csv'], 'stdout'],
      [['audit', '-i', lab.inventoryPath, '--fail-on', 'awful'], 'awful'],
      [['audit', '-i', lab.inventoryPath, '--concurrency', '0'], 'concurrency'],
      [['audit', '--from', '/does/not/exist'], '/does/not/exist'],
      [['audti'], 'audti'],
      [['explain'], 'ID is missing'],
      [['runs', 'show', 'nothing'], 'nothing'],
    ] as const) {
      const {code, stdout, stderr} = await zbufctlAgain([...args]);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toContain(words);
      expect(stderr).not.toMatch(/\n\s+at .*\.js/);
    }
  });
});

test('the process that tables of cases share says what one of its own says', async () => {
  const state = freshFolder();
  for (const args of [
    ['runs', 'show', 'nothing', '--state-dir', state],
    ['explain', 'ZBUF-001'],
    ['collect', 'gone', '-i', lab.inventoryPath],
  ])
    expect(await zbufctlAgain(args)).toEqual(await zbufctl(args));
});

test('several results at once: the table on stdout, files beside it, devices left as they are', async () => {
  const folder = freshFolder();
  const {code, stdout} = await audit(
    'well',
    '-o',
    'table',
    '-o',
    `json:${folder}/run.json`,
    '-o',
    `csv:${folder}/run.csv`,
    '-o',
    'ndjson:/dev/null',
  );

  expect(code).toBe(0);
  expect(stdout).toContain('compliant');
  expect(readdirSync(folder).sort()).toEqual(['run.csv', 'run.json']);
});

test('stored evidence gives the same verdicts, as documents, as a run, and as raw collector output', async () => {
  const state = freshFolder();
  const live = await zbufctlAgain([
    'audit',
    '-i',
    lab.inventoryPath,
    'sick',
    'well',
    '--json',
    '--state-dir',
    state,
  ]);
  const first = documentOf(live) as AuditRun;

  const again = await zbufctlAgain([
    'audit',
    '--from',
    join(state, 'runs', first.run),
    '--json',
    '--policy',
    lab.inventoryPath,
  ]);
  const second = documentOf(again) as AuditRun;

  expect(again.code).toBe(3);
  const postures = (run: AuditRun): unknown => run.hosts.map((h) => [h.host, h.posture]).sort();
  expect(postures(second)).toEqual(postures(first));

  const junk = join(freshFolder(), 'junk.json');
  writeFileSync(junk, '{"schema":"zbufctl.evidence/9"}');
  const refused = await zbufctlAgain(['audit', '--from', junk]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('zbufctl.evidence/9');
});

test('Ctrl-C keeps and prints what was finished, stores it as interrupted, and says so', async () => {
  const state = freshFolder();
  const well = lab.host('well');
  const {code, stdout, stderr} = await zbufctl(
    ['audit', '-i', lab.inventoryPath, 'well', 'slow', '--json', '--state-dir', state, '-v'],
    {
      onStart: (child) => {
        // The healthy host is finished when -v has said so; the silent one never is.
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes(well.name)) child.kill('SIGINT');
        });
      },
    },
  );

  const run = documentOf({code, stdout, stderr}) as AuditRun;
  expect(run.interrupted).toBe(true);
  expect(run.hosts.map((h) => [h.host, h.posture])).toEqual([
    ['well', 'compliant'],
    ['slow', 'unreachable'],
  ]);
  expect(run.hosts[1]?.failure?.kind).toBe('interrupted');
  expect(stderr).toContain('Stopping');
  expect(code).toBe(4);
  const shown = await zbufctlAgain(['runs', 'show', run.run, '--state-dir', state]);
  expect(shown.stdout).toContain(run.run);
});

test('this machine is audited without SSH: a Linux is not-applicable, a FreeBSD is judged', async () => {
  const {code, stdout, stderr} = await zbufctlAgain(['audit', '--local', '--json']);
  const [host] = (documentOf({code, stdout, stderr}) as AuditRun).hosts;

  expect(host?.posture === 'not-applicable').toBe(process.platform !== 'freebsd');
  if (process.platform !== 'freebsd') expect(code).toBe(0);
});

test('every run is listed afterwards', async () => {
  const state = freshFolder();
  await zbufctlAgain(['audit', '-i', lab.inventoryPath, 'well', '--state-dir', state]);
  const {code, stdout, stderr} = await zbufctlAgain(['runs', '--state-dir', state, '--json']);

  expect(code).toBe(0);
  expect((documentOf({code, stdout, stderr}) as {runs: unknown[]}).runs).toHaveLength(1);
});

test('a mistyped command is told what it may have meant', async () => {
  const [typo, nested, nonsense] = await Promise.all([
    zbufctlAgain(['aply', 'latest']),
    zbufctlAgain(['runs', 'shw']),
    zbufctlAgain(['xyzzy']),
  ]);

  expect([typo.code, typo.stderr]).toEqual([
    2,
    expect.stringMatching(/"aply latest"\n {2}Did you mean "apply"\?/),
  ]);
  expect([nested.code, nested.stderr]).toEqual([
    2,
    expect.stringContaining('Did you mean "runs show"?'),
  ]);
  expect([nonsense.code, nonsense.stderr]).toEqual([
    2,
    expect.not.stringContaining('Did you mean'),
  ]);
});
