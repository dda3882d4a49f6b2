import {execFile, execFileSync} from 'node:child_process';
import {cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, beforeAll, expect, test} from 'vitest';
import {parse} from 'yaml';

import type {AuditRun} from '../../src/model/audit-run.js';
import type {WatchEvent} from '../../src/model/watch.js';
import {fileNameFor} from '../../src/text/file-name.js';

import type {AnsibleScene} from './ansible-scene.js';
import {ansibleScene, contentsOf, HOSTS} from './ansible-scene.js';
import {snapshot, until} from './change-lab.js';
import {documentOf} from './cli.js';

/**
 * Ansible is slow: one fleet has to do for all, what is applied is what the first test planned, and
 * what is rolled back is what the third applied.
 */
let scene: AnsibleScene;

beforeAll(async () => {
  scene = await ansibleScene();
});

afterAll(async () => {
  await scene.stop();
});

/** The tree of a practice host. */
const rootOf = (name: string): string =>
  name === 'real' ? scene.root : scene.fleet.lab.host(name).root;

const snapshots = (...names: readonly string[]): readonly unknown[] =>
  names.map((name) => snapshot({root: rootOf(name)}));

/** The value the next boot of a practice host sets. */
const bootValueOf = (name: string): string =>
  /^net\.bpf\.zerocopy_enable=(\d+)$/m.exec(
    readFileSync(join(rootOf(name), 'etc/sysctl.conf'), 'latin1'),
  )?.[1] ?? '?';

/** What was found at these hosts, a line for each. */
const told = ({hosts}: AuditRun, names: readonly string[]): readonly string[] =>
  hosts
    .filter(({host}) => names.includes(host))
    .map(({host, posture, findings, failure}) =>
      JSON.stringify({host, posture, findings, failed: failure?.kind}),
    )
    .sort();

/** zbufctl by itself, with a store of its own: what Ansible finds there does not change. */
const aside = async (args: readonly string[], state = 'aside') =>
  await scene.fleet.run([...args, ...scene.zbufctlFlags, '--state-dir', join(scene.work, state)]);

test('Event-Driven Ansible: the source gives what zbufctl watch tells', async () => {
  const folder = 'templates/ansible/extensions/eda';
  const args = ['fw02', 'gone', ...scene.zbufctlFlags, '--interval', '1', '--count', '3'];
  const script = [
    'import asyncio, json, sys, watch',
    'async def tell():',
    '    queue = asyncio.Queue()',
    '    await watch.main(queue, json.load(sys.stdin))',
    '    print(json.dumps([queue.get_nowait() for _ in range(queue.qsize())]))',
    'asyncio.run(tell())',
  ].join('\n');
  const child = promisify(execFile)('python3', ['-c', script], {
    env: {
      PATH: process.env['PATH'],
      HOME: scene.work,
      PYTHONPATH: `${folder}/plugins/event_source`,
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  child.child.stdin?.end(JSON.stringify({program: join(scene.work, 'zbufctl'), args}));
  const events = JSON.parse((await child).stdout) as readonly WatchEvent[];
  const kinds = events.map((event) => `${event.event} ${'host' in event ? event.host : ''}`);
  expect(kinds).toEqual(expect.arrayContaining(['capture-stalled fw02', 'host-lost gone']));
  // What the rulebook waits for is what the source gives, by the names Ansible documents.
  expect(parse(readFileSync(`${folder}/rulebooks/silent_captures.yml`, 'utf8'))).toEqual([
    {
      name: expect.any(String) as string,
      hosts: 'all',
      sources: [{'zbufctl.freebsd.watch': {args: expect.any(Array) as string[]}}],
      rules: [
        {
          name: expect.any(String) as string,
          condition: 'event.event == "capture-stalled"',
          action: {
            run_playbook: {
              name: 'zbufctl.freebsd.plan',
              extra_vars: {zbufctl_hosts: '{{ event.host }}'},
            },
          },
        },
      ],
    },
  ]);
});

test('two slices of a job, ingested, or zbufctl itself: the same findings, nothing changed or told', async () => {
  const compared = ['real', 'fw02', 'gone', 'evil'];
  const tables = ['real', 'fw02', 'evil'].map((name) => join(rootOf(name), '.lab'));
  const kept = tables.map((table, at) => [table, join(scene.fleet.dir, `kept-${at}`)] as const);
  for (const [table, copy] of kept) cpSync(table, copy, {recursive: true});
  const project = contentsOf(scene.project);
  const slices = await Promise.all(
    (['1', '2'] as const).map((slice) => scene.play(['zbufctl.freebsd.plan', '-vvv'], {slice})),
  );
  const text = slices.map((played) => played.text).join('');
  // A host was not assessed: that is told at the end, when all is done.
  expect(
    slices.map((played) => [played.code, played.recap('fw02'), played.recap('fw03')]),
    text,
  ).toEqual([
    [2, 'ok=1 changed=0 failed=0', undefined],
    [2, undefined, 'ok=1 changed=0 failed=0'],
  ]);
  expect(text).toContain('gone was not reached: Failed to connect to the host via ssh');
  expect(text).toContain('hangs was not reached: the script did not end within 3 s');
  // Nothing waits for that host any longer; what Ansible keeps of others ends after 60 s.
  const port = `Port=${scene.fleet.lab.host('hangs').port} `;
  const ps = (): string => execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'});
  await until('ssh to end', () => !ps().includes(port), 20);
  expect(text).not.toContain('\x1b');
  const records = readdirSync(join(scene.work, 'records')).sort();
  const failed = ['gone', 'hangs'];
  const reached = text.split('\n').filter((line) => line.includes('"msg": '));
  expect(records, reached.join('\n')).toEqual(
    HOSTS.map((name) => `${name}.${failed.includes(name) ? 'json' : 'txt'}`).sort(),
  );
  expect(contentsOf(scene.project)).toEqual(project);
  // Nor does what was written hold a password, or the words zbufctl was started with.
  const tell = [text, ...Object.values(contentsOf(scene.work)).filter((one) => one !== '')];
  expect(tell.filter((one) => one.includes(scene.password))).toEqual([]);

  const brought = await aside(['ingest', join(scene.work, 'records'), '--whole', '--json']);
  const ingested = documentOf(brought) as AuditRun;
  expect([ingested.origin, ingested.asked]).toEqual(['ingested', 'inventory']);
  expect(told(ingested, ['hangs']).join()).toMatch(/"unreachable".*"timed-out"/);
  // Through su with a password.
  expect(told(ingested, ['asks']).join()).toMatch(/"posture":"compliant"/);
  for (const [table, copy] of kept) {
    rmSync(table, {recursive: true});
    cpSync(copy, table, {recursive: true});
  }
  const audited = await aside(['audit', ...compared, '--json', '--timeout', '120']);
  const audit = documentOf(audited) as AuditRun;
  expect(told(ingested, compared)).toEqual(told(audit, compared));
});

test('--check --diff shows the steps of the plan; a host not reached stops the waves', async () => {
  const before = snapshots('real', 'fw02', 'fw03');
  const fw01 = scene.fleet.lab.host('fw01');
  fw01.refuse();
  const limit = ['--limit', 'real,fw01,fw02,fw03'];
  const played = await scene.play(['zbufctl.freebsd.apply', '--check', '--diff', ...limit]);
  await fw01.accept();
  expect(played.code, played.text).toBe(2);
  expect(played.recap('real')).toBe('ok=2 changed=1 failed=0');
  expect(played.text).toMatch(/^-net\.bpf\.zerocopy_enable=1\n\+net\.bpf\.zerocopy_enable=0$/m);
  // The second wave: one is not reached, the other is looked at. There is no third.
  expect(played.recap('fw01')).toBe('ok=1 changed=0 failed=1');
  expect(played.recap('fw02')).toBe('ok=1 changed=1 failed=0');
  expect(played.text).toMatch(/Connection refused/);
  expect(played.text).toContain('Not changed or not reached: fw01. No further host is changed.');
  expect(played.recap('fw03')).toBe('ok=0 changed=0 failed=1');
  expect(snapshots('real', 'fw02', 'fw03')).toEqual(before);
});

test('monitor gives a state, and what cannot be asked is UNKNOWN', async () => {
  const played = await scene.play(['zbufctl.freebsd.monitor', '--limit', 'fw02,fw03,gone']);
  expect(played.code).toBe(2);
  const states = [...played.text.matchAll(/^(?:ok|fatal): \[(\w+)\].*"state": "(\w+)"/gm)];
  expect(Object.fromEntries(states.map(([, host, state]) => [host, state])), played.text).toEqual({
    fw02: 'CRITICAL',
    fw03: 'WARNING',
    gone: 'UNKNOWN',
  });
});

/** The hosts before anything was changed. */
let untouched: readonly unknown[];

test('apply changes hosts, over more than one connection each', async () => {
  untouched = snapshots('real');
  const logins = (): number => scene.sshd.log().split('Accepted publickey').length - 1;
  const before = logins();
  const played = await scene.play(['zbufctl.freebsd.apply', '--limit', 'real,fw01']);
  expect([played.code, played.recap('real'), played.recap('fw01')], played.text).toEqual([
    0,
    'ok=2 changed=1 failed=0',
    'ok=2 changed=1 failed=0',
  ]);
  expect(['real', 'fw01'].map(bootValueOf)).toEqual(['0', '0']);
  expect(logins() - before).toBeGreaterThan(1);
  expect((await scene.fleet.run(['runs', '--json'])).stdout).toMatch(/-apply-[0-9a-f]{4}"/);
});

test('planned again there is nothing to do; rollback --check --diff shows what would be undone', async () => {
  const before = snapshots('real');
  const books = ['plan', 'apply', 'rollback'].map((name) => `zbufctl.freebsd.${name}`);
  const how = ['--check', '--diff', '--limit', 'real', '--forks', '1'];
  const played = await scene.play([...books, ...how]);
  expect([played.code, played.recap('real')], played.text).toEqual([0, 'ok=9 changed=1 failed=0']);
  expect(played.text).toMatch(/^ok: \[real\].*"msg": "already: nothing to do"/m);
  expect(played.text).toMatch(/^-net\.bpf\.zerocopy_enable=0\n\+net\.bpf\.zerocopy_enable=1$/m);
  expect(played.text).toMatch(/^changed: \[real\].*"brings_back": \["ZBUF-/m);
  expect(snapshots('real')).toEqual(before);
});

test('rollback puts back what apply changed; what was edited since is refused', async () => {
  const fw01 = scene.fleet.lab.host('fw01');
  const file = join(fw01.root, 'etc/sysctl.conf');
  writeFileSync(file, `${readFileSync(file, 'latin1')}# mine\n`, 'latin1');
  const limit = ['--limit', 'real,fw01,fw02,fw03'];
  const first = await scene.play(['zbufctl.freebsd.rollback', ...limit]);
  expect(first.code, first.text).toBe(2);
  expect(first.recap('real')).toBe('ok=2 changed=1 failed=0');
  expect(first.recap('fw02')).toBe('ok=1 changed=0 failed=0');
  expect(first.text).toContain('nothing to undo: no stored apply changed fw02');
  expect(first.text).toMatch(/^fatal: \[fw01\].*"msg": "failed: write-boot: .*sysctl.conf/m);
  expect(first.text).toContain('Not changed or not reached: fw01. No further host is changed.');
  expect(snapshots('real')).toEqual(untouched);
  expect(readFileSync(file, 'latin1')).toMatch(/zerocopy_enable=0\n(?:.*\n)*# mine\n$/);

  // Undone before, that is not changed.
  fw01.refuse();
  // Also the connection that Ansible keeps for the next play.
  fw01.cut();
  const books = ['zbufctl.freebsd.audit', 'zbufctl.freebsd.rollback', '--limit', 'real,fw01'];
  const second = await scene.play(books, {variables: {zbufctl_accept: [0, 3, 4]}});
  await fw01.accept();
  expect([second.code, second.recap('fw01')], second.text).toEqual([
    2,
    expect.stringMatching('d=1'),
  ]);
  expect(second.recap('real')).toMatch(/ changed=0 failed=0$/);
  expect(second.text).toContain('already: it was undone before');
  expect(snapshots('real')).toEqual(untouched);
  // Ingested, it is as zbufctl left it: at risk again, and the restarted service records.
  expect(second.text).toContain('"postures": {"fw01": "unreachable", "real": "at-risk"}');
});

test('when Ansible dies in the middle, the host undoes the change by itself', async () => {
  const child = scene.start([
    'zbufctl.freebsd.apply',
    ...['--limit', 'fw03', '-e', 'zbufctl_confirm_timeout=8'],
  ]);
  await until('the change', () => bootValueOf('fw03') === '0');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await until('the undo', () => bootValueOf('fw03') === '1');
});

test('what an export did not write is not replaced, and nothing is half-written', async () => {
  const again = ['export', 'ansible', '--out', scene.collection, ...scene.zbufctlFlags];
  expect((await scene.fleet.run(again)).code).toBe(0);
  const readme = join(scene.collection, 'README.md');
  writeFileSync(readme, 'mine\n');
  const refused = await scene.fleet.run(again);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining('has files that zbufctl did not write so: README.md') as string,
  ]);
  expect(readFileSync(readme, 'utf8')).toBe('mine\n');
  expect(readdirSync(dirname(scene.collection))).toEqual(['freebsd']);
});

test('Python calls the file of a host as zbufctl does, whatever its name', () => {
  const names = [
    'fw01',
    'fw01.example.net',
    '.x',
    'fe80::1%em0',
    '',
    'ü/\u{1f525}',
    'a'.repeat(300),
  ];
  const script =
    'import json, sys; from records import file_name_for; ' +
    'print(json.dumps([file_name_for(name) for name in json.load(sys.stdin)]))';
  const said = execFileSync('python3', ['-c', script], {
    input: JSON.stringify(names),
    env: {
      PATH: process.env['PATH'],
      PYTHONPATH: 'templates/ansible/plugins/plugin_utils',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    encoding: 'utf8',
  });
  expect(JSON.parse(said)).toEqual(names.map(fileNameFor));
});
