import type {ChildProcess} from 'node:child_process';
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {LabHost} from '../../src/lab/start-lab.js';
import type {WatchEvent} from '../../src/model/watch.js';
import {schemaComplaints} from '../json-schema.js';

import type {ChangeLab} from './change-lab.js';
import {atPath, changeLab, until} from './change-lab.js';
import {freshFolder} from './cli.js';

const complaints = schemaComplaints('src/report/watch.schema.json');

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    [
      {name: 'stalls', scenario: 'stalled-pflogd'},
      {name: 'leaves', scenario: 'healthy'},
      {name: 'rests', scenario: 'tcpdump-zerocopy'},
    ],
    'zerocopy: off\n',
  );
});
afterAll(async () => {
  await fleet.stop();
});

/** What the captures of a practice host do from now on (templates/lab/awk/traffic.awk). */
function behave(host: LabHost, behaviour: 'zerocopy' | 'stalled'): void {
  const file = atPath(host, '.lab/bpf');
  const rows = readFileSync(file, 'latin1').split('\n');
  const changed = rows.map((row) =>
    row
      .split('\t')
      .map((cell, column) => (column === 9 ? behaviour : cell))
      .join('\t'),
  );
  writeFileSync(file, changed.join('\n'), 'latin1');
}

/** A notifier that adds each mail to a file, as an inventory of its own. */
function mailbox(): {readonly inventory: string; subjects(): readonly string[]} {
  const folder = freshFolder();
  const sent = join(folder, 'sent');
  const sendmail = join(folder, 'sendmail');
  writeFileSync(sendmail, `#!/bin/sh\ncat >>${sent}\n`);
  chmodSync(sendmail, 0o755);
  const inventory = join(folder, 'notify.yaml');
  writeFileSync(
    inventory,
    `notify: {m: {kind: mail, to: root, program: ${sendmail}}}\nhosts: []\n`,
  );
  return {
    inventory,
    subjects: () =>
      existsSync(sent)
        ? [...readFileSync(sent, 'utf8').matchAll(/^Subject: (.*)$/gm)].map(([, text = '']) => text)
        : [],
  };
}

test('what changes is told once, as it happens, until Ctrl-C', async () => {
  const stalls = fleet.lab.host('stalls');
  const leaves = fleet.lab.host('leaves');
  behave(stalls, 'zerocopy');
  const mail = mailbox();
  let out = '';
  let err = '';
  let watch: ChildProcess | undefined;
  const args = [
    ...['watch', ...fleet.where, '-i', mail.inventory, '--json', '--interval', '1'],
    ...['--metrics', '127.0.0.1:0', '--notify', 'm'],
  ];
  const ended = fleet.run(args, {
    onStart: (child) => {
      watch = child;
      child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    },
  });
  const events = (host?: string): readonly WatchEvent[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as WatchEvent)
      .filter((event) => host === undefined || ('host' in event && event.host === host));
  const toldOf = (host: string): readonly string[] => events(host).map(({event}) => event);
  const metrics = async (): Promise<string> => {
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(err) ?? [];
    return (await fetch(url)).text();
  };
  const allKnown = async (): Promise<boolean> =>
    [...(await metrics()).matchAll(/^zbufctl_collect_complete\{.*\} 1$/gm)].length === 3;

  await until('the metrics to be served', () => err.includes('/metrics'));
  await until('every host to be known', allKnown);
  expect(toldOf('stalls')).toEqual(['host-connected', 'capture-seen']);

  behave(stalls, 'stalled');
  await until('the stall to be told', () => toldOf('stalls').includes('capture-stalled'));
  const told = await metrics();
  expect(told).toContain(
    'zbufctl_bpf_stalled{instance="stalls",service="pflogd",interface="pflog0"} 1\n',
  );
  expect(told).toMatch(/^zbufctl_bpf_stalled\{instance="leaves",.*\} 0$/m);
  if (spawnSync('promtool', ['--version']).status === 0)
    expect(spawnSync('promtool', ['check', 'metrics'], {input: told}).status).toBe(0);

  // It boots: what it counts then begins anew.
  leaves.refuse();
  leaves.cut();
  await until('the host to be lost', () => toldOf('leaves').includes('host-lost'));
  expect(await allKnown()).toBe(false);
  writeFileSync(atPath(leaves, '.lab/netstat.calls'), '0\n');
  await leaves.accept();
  await until('it to be connected again', () => toldOf('leaves').length > 3);

  behave(stalls, 'zerocopy');
  await until('the recovery to be told', () => toldOf('stalls').includes('capture-recovered'));
  await until('every host to be known again', allKnown);
  await until('the mails to be sent', () => mail.subjects().length >= 2);
  watch?.kill('SIGINT');
  const {code, stderr} = await ended;

  expect([code, stderr]).toEqual([0, expect.stringContaining('Stopping.')]);
  expect(toldOf('stalls')).toEqual([
    ...['host-connected', 'capture-seen', 'capture-stalled', 'capture-recovered'],
  ]);
  expect(toldOf('leaves').filter((event) => !event.startsWith('capture'))).toEqual([
    ...['host-connected', 'host-lost', 'host-connected'],
  ]);
  expect(toldOf('leaves')).not.toContain('capture-stalled');
  expect(toldOf('rests')).toEqual(['host-connected', 'capture-seen']);
  expect(events().map(({event}) => event)).toEqual(expect.arrayContaining(['started', 'ended']));
  expect(events().at(-1)).toMatchObject({event: 'ended', why: 'stopped', stalled: 0});
  expect(events().flatMap(complaints)).toEqual([]);
  const subjects = mail.subjects();
  expect(
    subjects.filter((text) => text.includes('1 capture stalled on stalls (practice)')),
  ).toHaveLength(1);
  expect(subjects.filter((text) => text.includes('1 capture recovered'))).toHaveLength(1);
});

test.each(['ssh2', 'openssh'])(
  'from cron, over %s: some samples, a line for people',
  async (by) => {
    behave(fleet.lab.host('stalls'), 'stalled');
    const ran = await fleet.run([
      ...['watch', ...fleet.where, 'stalls', 'rests', '--interval', '1', '--count', '2'],
      ...['--transport', by],
    ]);
    expect([ran.code, ran.stderr]).toEqual([
      3,
      'Watching 2 hosts, a sample every 1 s; a stall is told within 8 s.\n',
    ]);
    expect(ran.stdout).toMatch(
      /^\d\d:\d\d:\d\d {2}STALLED {4}stalls \(practice\) {2}pflogd \(pid \d+\) on pflog0 has stopped recording: .*\n/,
    );
    expect(ran.stdout).toMatch(/ended +4 samples; stalled now: 1; hosts not assessed: 0\n$/);
  },
);

test('it ends when nobody reads what it tells', async () => {
  const {code, stderr} = await fleet.run(['watch', ...fleet.where, '--json', '--interval', '1'], {
    onStart: ({stdout}) => stdout?.once('data', () => stdout.destroy()),
  });
  expect([code, stderr]).toEqual([4, expect.stringContaining('Stopping.')]);
});

/** Command lines of the processes that have this in their environment. */
const withEnvironment = (word: string): readonly string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const has = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(word);
      return has ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });

test.runIf(process.platform === 'linux').each([
  ['ssh2', 'SIGTERM'],
  ['openssh', 'SIGINT'],
] as const)('over %s, after %s nothing is left: here, or on hosts', async (by, signal) => {
  const folder = freshFolder();
  const host = fleet.lab.host('rests');
  // Far apart: what stays would stay for a minute.
  const args = ['watch', ...fleet.where, 'rests', '--json', '--interval', '1000'];
  let [running, begun, ended] = [false, 0, 0];
  const ran = await fleet.run([...args, '--transport', by], {
    env: {TMPDIR: folder},
    onStart: (child) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        if (!chunk.includes('host-connected')) return;
        running = withEnvironment(`ZBUFCTL_ROOT=${host.root}`).length > 0;
        begun = performance.now();
        child.kill(signal);
      });
      child.once('exit', () => (ended = performance.now()));
    },
  });
  expect(running).toBe(true);
  expect(ran.code).toBe(4);
  expect(ended - begun).toBeLessThan(10_000);
  await until('all of it to end', () =>
    [`ZBUFCTL_ROOT=${host.root}`, `TMPDIR=${folder}`].every(
      (word) => withEnvironment(word).length === 0,
    ),
  );
  expect(readdirSync(folder)).toEqual([]);
});
