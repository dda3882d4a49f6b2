import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';

import {expect, test} from 'vitest';

test('a test that waits inside a call ends the run, is named, and leaves nothing behind', () => {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const config = 'test/tools/stuck/vitest.config.ts';
  const {status, stdout} = spawnSync(process.execPath, [vitest, 'run', '--config', config], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect(stdout).toMatch(/^stuck: test\/tools\/stuck\/waits-for-ever\.ts, last heard: ./m);
  expect(status).toBe(1);
  expect(execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'})).not.toContain(
    'sleep 987654',
  );
});
