import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {expect, test} from 'vitest';

test('a test that waits inside a call ends the run, is named, and leaves nothing behind', async () => {
  // A number of this run: others may try the same beside it.
  const seconds = String(900_000_000 + process.pid);
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const config = 'test/tools/stuck/vitest.config.ts';
  const {status, stdout} = spawnSync(process.execPath, [vitest, 'run', '--config', config], {
    encoding: 'utf8',
    timeout: 120_000,
    env: {...process.env, ZBUFCTL_TEST_SLEEP: seconds},
  });
  expect(stdout).toMatch(/^stuck: test\/tools\/stuck\/waits-for-ever\.ts, last heard: ./m);
  expect(status).toBe(1);
  const processes = (): string => execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'});
  await expect.poll(processes).not.toContain(`sleep ${seconds}`);
});
