import type {ChildProcess} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';

import {changeLab, until} from './change-lab.js';
import {documentOf} from './cli.js';

test('an audit killed with -9 in the middle is resumed, and loses no host that had answered', async () => {
  const fleet = await changeLab([
    {name: 'fine', scenario: 'healthy'},
    {name: 'stalled', scenario: 'stalled-pflogd'},
    {name: 'mute', scenario: 'silent'},
  ]);
  try {
    const runs = join(fleet.state, 'runs');
    const run = (): string => readdirSync(runs).find((name) => name.includes('-audit-')) ?? '';
    const evidence = (): readonly string[] => {
      const folder = existsSync(runs) ? join(runs, run(), 'evidence') : '';
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.filter((name) => /^[a-z]+\.json$/.test(name)).map((name) => join(folder, name));
    };
    let child: ChildProcess | undefined;
    const killed = fleet.run(['audit', ...fleet.where], {onStart: (one) => (child = one)});
    await until('two hosts to answer', () => evidence().length === 2);
    child?.kill('SIGKILL');
    expect((await killed).code).toBe(null);
    const before = evidence().map((path) => [readFileSync(path, 'latin1'), statSync(path).mtimeMs]);

    const resumed = await fleet.run(['audit', '--resume', 'latest', '--timeout', '3', '--json']);

    expect(resumed.stderr).toContain(`Resuming run ${run()}: 2 of 3 hosts answered then.`);
    expect(resumed.code).toBe(4);
    const {run: id, hosts} = documentOf(resumed) as AuditRun;
    expect(id).toBe(run());
    expect(hosts.map(({host, posture}) => `${host} ${posture}`).sort()).toEqual([
      'fine drift',
      'mute unreachable',
      'stalled broken',
    ]);
    expect(
      evidence().map((path) => [readFileSync(path, 'latin1'), statSync(path).mtimeMs]),
    ).toEqual(before);
    const verified = await fleet.run(['runs', '--verify']);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('intact')]);
  } finally {
    await fleet.stop();
  }
});
