import {execFile} from 'node:child_process';

import {expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';

import {changeLab} from './change-lab.js';
import {MAIN} from './cli.js';

test('with few descriptors (ulimit -n) fewer hosts are asked at a time, and none fails', async () => {
  const names = ['fw01', 'fw02', 'fw03', 'fw04', 'fw05'];
  const fleet = await changeLab(names.map((name) => ({name, scenario: 'healthy'})));
  try {
    const args = ['audit', ...fleet.where, '--concurrency', '32', '--json'];
    // Node opens all modules of the program at once: with fewer it does not even start.
    const limited = 'ulimit -n 80; exec "$0" "$@"';
    const {stdout, stderr} = await new Promise<{stdout: string; stderr: string}>((resolve) => {
      execFile(
        '/bin/sh',
        ['-c', limited, process.execPath, MAIN, ...args, '--state-dir', fleet.state],
        (_, said, complaint) => {
          resolve({stdout: said, stderr: complaint});
        },
      );
    });
    expect(stderr).toContain(
      'Only 80 files may be open at a time (ulimit -n): 10 hosts at a time instead of 32.',
    );
    const {hosts} = JSON.parse(stdout) as AuditRun;
    expect(hosts.map(({host, failure}) => [host, failure])).toEqual(
      names.map((name) => [name, undefined]),
    );
  } finally {
    await fleet.stop();
  }
});
