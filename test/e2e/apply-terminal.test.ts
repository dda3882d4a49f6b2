import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import type {Shown, Typed} from '../tools/on-terminal.js';
import {HAS_TERMINAL, onTerminal as onTerminalIn} from '../tools/on-terminal.js';

import type {ChangeLab} from './change-lab.js';
import {applied, atPath, changeLab, runningOf, setRunning} from './change-lab.js';
import {freshFolder, MAIN} from './cli.js';

/** Runs the program on a terminal, in a home of its own, and answers what it asks, in order. */
function onTerminal(args: readonly string[], typed: readonly Typed[]): Promise<Shown> {
  const home = freshFolder();
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  return onTerminalIn(command, typed, {cwd: home, env: {PATH: process.env['PATH'], HOME: home}});
}

describe.skipIf(!HAS_TERMINAL)('on a terminal', () => {
  let fleet: ChangeLab;
  const names = Array.from({length: 12}, (_, i) => `fw${String(i + 1).padStart(2, '0')}`);
  const policy = (): readonly string[] => [
    '-i',
    fleet.lab.inventoryPath,
    '--policy',
    join(fleet.dir, 'policy.yaml'),
    '--state-dir',
    fleet.state,
  ];

  beforeAll(async () => {
    fleet = await changeLab(
      [
        ...names.map((name) => ({name, scenario: 'pf-logger-at-boot' as const})),
        {name: 'asks', scenario: 'sudo-password' as const},
      ],
      'zerocopy: off\n',
    );
    for (const host of fleet.lab.hosts) setRunning(host, 1);
  });
  afterAll(async () => {
    await fleet.stop();
  });

  test('hosts are unticked, a wrong number is asked again, and only the ticked ones are changed', async () => {
    const plan = await fleet.plan(names);

    const {code, screen} = await onTerminal(
      ['apply', plan.id, ...policy()],
      [
        {at: /Hosts to change/, keys: ' \r'},
        {at: /Type 11 to change 11 hosts/, keys: '12\r'},
        {at: /It is 11/, keys: '\u007f\u007f11\r'},
      ],
    );

    // Of the list a sum stays on the screen, not every row of it.
    expect(screen).toContain('11 of 12 hosts');
    expect(screen).toMatch(/running value to 0: 11 hosts; boot value to 0: 11 hosts/);
    expect(screen).not.toContain('Nothing was changed. Next:');
    expect(screen).toContain('11 hosts: 11 changed');
    expect(code).toBe(0);
    expect(names.map((name) => runningOf(fleet.lab.host(name)))).toEqual([
      '1',
      ...names.slice(1).map(() => '0'),
    ]);
  });

  test('no leaves everything and the plan unused', async () => {
    const plan = await fleet.plan(['fw01']);

    const {code, screen} = await onTerminal(
      ['apply', plan.id, ...policy()],
      [{at: /Change fw01 now\?/, keys: 'n\r'}],
    );

    expect(screen).toContain('it was not confirmed');
    expect(code).toBe(5);
    expect(runningOf(fleet.lab.host('fw01'))).toBe('1');
    expect((await fleet.apply(plan.id)).host('fw01').result).toBe('changed');
  });

  test('a password typed once is in no argv, environment, journal, run, message or file', async () => {
    const host = fleet.lab.host('asks');
    const secret = fleet.lab.password;
    writeFileSync(atPath(host, '.lab/trace'), '');
    const password = {at: /[Pp]assword/, keys: `${secret}\r`};
    const seen = watchProcesses(secret);

    const planned = await onTerminal(['plan', 'asks', ...policy()], [password]);
    const {code, screen} = await onTerminal(
      ['apply', 'latest', ...policy(), '--yes', '-v'],
      [password],
    );

    expect(screen).toContain('1 host: 1 changed');
    expect([code, runningOf(host)]).toEqual([0, '0']);
    expect(seen.end()).toEqual([]);
    expect([planned.screen.includes(secret), screen.includes(secret)]).toEqual([false, false]);
    const files = [
      ...filesBelow(fleet.state),
      ...filesBelow(atPath(host, 'var')),
      ...filesBelow(atPath(host, 'etc')),
    ];
    const traces = readdirSync(atPath(host, '.lab')).filter((name) => name.startsWith('trace.'));
    expect(traces).toContain('trace.work');
    const all = [...files, ...traces.map((name) => atPath(host, join('.lab', name)))];
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((file) => readFileSync(file).includes(secret))).toEqual([]);
    const shown = applied(await fleet.run(['runs', 'show', runIn(screen), '--json']));
    expect(JSON.stringify(shown.run)).not.toContain(secret);
  });
});

const runIn = (screen: string): string => /\d{8}T\d{6}Z-apply-\w{4}/.exec(screen)?.[0] ?? 'none';

/**
 * Looks into the arguments and the environment of every process that this machine has begun since,
 * until told to end (Linux has /proc).
 */
function watchProcesses(secret: string): {end(): readonly string[]} {
  const found = new Set<string>();
  const before = new Set(pids());
  const timer = setInterval(() => {
    for (const pid of pids()) {
      if (before.has(pid)) continue;
      for (const what of ['cmdline', 'environ']) {
        try {
          if (readFileSync(`/proc/${pid}/${what}`).includes(secret)) found.add(`${pid} ${what}`);
        } catch {
          // It has ended.
        }
      }
    }
  }, 40);
  return {
    end: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}

const pids = (): readonly string[] =>
  existsSync('/proc/self') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, {throwIfNoEntry: false})?.isFile() === true);
