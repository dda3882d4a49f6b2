import {spawn, spawnSync} from 'node:child_process';
import {readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, onTestFinished, test} from 'vitest';

import {RunStore} from '../../src/io/store/run-store.js';
import {schemaComplaints} from '../json-schema.js';
import {evidenceFor, oneOfEach} from '../world.js';

import {documentOf, freshFolder, MAIN, zbufctlAgain} from './cli.js';

const OLD = [
  '20200101T081500Z-audit-0a0a',
  '20200102T081500Z-audit-0b0b',
  '20200103T081500Z-audit-0c0c',
] as const;
const NEW = '20261124T081500Z-audit-0d0d';

/**
 * A state directory with three audits of 2020 and one of now, and beside it a folder with a
 * zbufctl.yaml.
 */
async function fourAudits(
  retention: string,
): Promise<{state: string; cwd: string; left: () => string[]}> {
  const [state, cwd] = [freshFolder(), freshFolder()];
  const store = new RunStore(state, {onNotice: () => undefined});
  for (const run of [...OLD, NEW]) {
    const writer = await store.begin(run);
    const [host] = oneOfEach().hosts;
    if (host !== undefined) await writer.keepEvidence(evidenceFor(host));
    const at = run === NEW ? new Date().toISOString() : `2020-01-0${run.slice(7, 8)}T08:15:00Z`;
    await writer.finish({...oneOfEach(), run, startedAt: at, finishedAt: at});
  }
  writeFileSync(join(cwd, 'zbufctl.yaml'), `hosts: [fw1]\n${retention}`);
  const left = (): string[] =>
    readdirSync(join(state, 'runs')).filter((name) => name.includes('-audit-'));
  return {state, cwd, left};
}

const KEEP = 'retention: {keep: 365d, atLeast: 2}\n';

test('runs prune shows what is past the retention, and removes nothing without a yes', async () => {
  const {state, cwd, left} = await fourAudits(KEEP);

  const {code, stdout, stderr} = await zbufctlAgain(['runs', 'prune', '--state-dir', state], {cwd});

  expect(code).toBe(5);
  expect(stdout).toMatch(new RegExp(`^${OLD[0]} +remove +ended \\d+ days ago$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^${OLD[2]} +stays +one of the newest 2 of its kind`, 'm'));
  expect(stdout).toContain('2 runs to remove, 1 old but needed, 1 not old enough.');
  expect(stderr).toContain('Nothing was removed.');
  expect(left()).toEqual([...OLD, NEW]);
});

test('runs prune --yes removes them, and --verify and a report tell that from tampering', async () => {
  const {state, cwd, left} = await fourAudits(KEEP);
  const dir = ['--state-dir', state];
  await zbufctlAgain(['report', OLD[0], ...dir, '-o', `json:${join(cwd, 'old.json')}`], {
    cwd: freshFolder(),
  });

  const pruned = await zbufctlAgain(['runs', 'prune', '--yes', ...dir], {cwd});
  const verify = await zbufctlAgain(['runs', '--verify', ...dir], {cwd});
  const json = await zbufctlAgain(['runs', '--verify', '--json', ...dir], {cwd});
  const report = await zbufctlAgain(['report', 'verify', join(cwd, 'old.json'), ...dir], {cwd});
  const again = await zbufctlAgain(['runs', 'prune', '--json', ...dir], {cwd});

  expect(pruned.code).toBe(0);
  expect(pruned.stderr).toMatch(/Removed 2 runs\. Run \S+-prune-\S+ is the record of it\./);
  expect(left()).toEqual([OLD[2], NEW]);
  expect([verify.code, verify.stderr]).toEqual([0, '']);
  expect(verify.stdout).toMatch(
    /3 runs checked: hash chain intact\.\n2 earlier runs were removed on purpose by \S+@\S+ at 20/,
  );
  expect(schemaComplaints('src/report/runs.schema.json')(documentOf(json))).toEqual([]);
  expect(documentOf(json)).toMatchObject({chain: {prunings: [{removed: 2}]}});
  expect(report.stdout).toContain(
    `${OLD[0]}: removed on purpose since; the record of that has the report's chain`,
  );
  expect(report.stdout).toContain(
    'store: all 3 runs are as they were stored, as their own chain says\n2 earlier runs were removed on purpose',
  );
  expect(again.code).toBe(0);
  expect(documentOf(again)).toMatchObject({remove: [], removed: [], record: null, young: 1});

  const record = /\S+-prune-\S+/.exec(verify.stdout)?.[0] ?? '';
  const shown = await zbufctlAgain(['runs', 'show', record, ...dir]);
  expect(shown.stdout).toMatch(new RegExp(`^${OLD[1]}  [0-9a-f]{64}$`, 'm'));

  rmSync(join(state, 'runs', OLD[2]), {recursive: true});
  const broken = await zbufctlAgain(['runs', '--verify', ...dir], {cwd});
  expect(broken.code).toBe(3);
  expect(broken.stdout).toContain(`${OLD[2]}: run ${OLD[2]} is missing`);
});

test('flags overrule the file, a baseline stays, and --json says it all', async () => {
  const {state, cwd, left} = await fourAudits('retention: {keep: 9999d}\n');
  const flags = [
    '--state-dir',
    state,
    '--older-than',
    '30d',
    '--at-least',
    '1',
    '--baseline',
    OLD[1].slice(0, 8),
  ];

  const {code, stdout, stderr} = await zbufctlAgain(
    ['runs', 'prune', ...flags, '--yes', '--json'],
    {cwd},
  );

  expect(code).toBe(0);
  const said: unknown = documentOf({code, stdout, stderr});
  expect(schemaComplaints('src/report/runs.schema.json', '#/$defs/prune')(said)).toEqual([]);
  expect(said).toMatchObject({
    retention: {keepDays: 30, atLeast: 1},
    removed: [OLD[0], OLD[2]],
    spare: [{run: OLD[1], why: 'named with --baseline'}],
  });
  expect(left()).toEqual([OLD[1], NEW]);
});

test('without a retention, and with one that makes no sense, nothing is removed and the way out is said', async () => {
  const {state, cwd, left} = await fourAudits('');

  const none = await zbufctlAgain(['runs', 'prune', '--yes', '--state-dir', state], {cwd});
  const odd = await zbufctlAgain(['runs', 'prune', '--yes', '--keep', '1m', '--state-dir', state], {
    cwd,
  });
  const everything = await zbufctlAgain(
    ['runs', 'prune', '--yes', '--keep', '0d', '--state-dir', state],
    {cwd},
  );

  expect([none.code, odd.code, everything.code]).toEqual([2, 2, 2]);
  expect(none.stderr).toContain('retention: {keep: 365d}');
  expect(odd.stderr).toContain('--keep 365d');
  expect(left()).toEqual([...OLD, NEW]);
});

test('a store that was tampered with is not pruned', async () => {
  const {state, cwd, left} = await fourAudits(KEEP);
  writeFileSync(join(state, 'runs', OLD[0], 'run.json'), '{}');

  const {code, stderr} = await zbufctlAgain(['runs', 'prune', '--yes', '--state-dir', state], {
    cwd,
  });

  expect(code).toBe(5);
  expect(stderr).toContain('run.json was changed');
  expect(left()).toEqual([...OLD, NEW]);
});

test('runs says on stderr how many are past the retention; -q does not', async () => {
  const {state, cwd} = await fourAudits(KEEP);

  const loud = await zbufctlAgain(['runs', '--state-dir', state], {cwd});
  const quiet = await zbufctlAgain(['runs', '-q', '--state-dir', state], {cwd});
  writeFileSync(join(cwd, 'zbufctl.yaml'), 'retention: {keep: soon}\n');
  const broken = await zbufctlAgain(['runs', '--state-dir', state], {cwd});

  expect(loud.stderr).toBe(
    '2 runs are past the retention (365d): zbufctl runs prune shows which.\n',
  );
  expect(quiet.stderr).toBe('');
  expect([broken.code, broken.stdout]).toEqual([0, loud.stdout]);
  expect(broken.stderr).toContain('was not read');
});

/** util-linux's script(1) gives a command a terminal; its options are not those of FreeBSD's. */
const hasScript = spawnSync('script', ['--version'], {encoding: 'utf8'}).stdout.includes(
  'util-linux',
);
if (!hasScript)
  process.stderr.write('SKIPPED: the typed yes needs the script(1) of util-linux for a terminal\n');

describe.skipIf(!hasScript)('on a terminal', () => {
  /** Types an answer once the question stands there, and waits for the end. */
  async function answer(
    state: string,
    cwd: string,
    typed: string,
  ): Promise<{code: number | null; all: string}> {
    const command = [process.execPath, MAIN, 'runs', 'prune', '--state-dir', state].join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd,
      env: {PATH: process.env['PATH'], HOME: cwd, TERM: 'xterm'},
    });
    onTestFinished(() => void child.kill());
    let all = '';
    let isTyped = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      all += text;
      if (isTyped || !all.includes('or nothing to leave everything:')) return;
      isTyped = true;
      child.stdin.write(typed);
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return {code, all};
  }

  test('the number typed removes; nothing typed, or Ctrl-C, leaves everything', async () => {
    const {state, cwd, left} = await fourAudits(KEEP);

    const nothing = await answer(state, cwd, '\r');
    const stopped = await answer(state, cwd, '\u0003');
    expect([nothing.code, stopped.code]).toEqual([5, 5]);
    expect(left()).toEqual([...OLD, NEW]);

    const agreed = await answer(state, cwd, '2\r');
    expect(agreed.code).toBe(0);
    expect(left()).toEqual([OLD[2], NEW]);
  });
});
