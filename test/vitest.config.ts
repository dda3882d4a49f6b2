import {defineConfig} from 'vitest/config';

import {LongFirst} from './tools/long-first.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests start real programs (sshd, sh, the CLI): slow machines need room, and a hang is a
    // failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Most tests wait for programs more than they compute: on two cores, six files at a time.
    maxWorkers: 6,
    sequence: {sequencer: LongFirst},
    // Modules are loaded once per worker: loading them anew for each file took minutes. Tests
    // keep no state in modules but the process they share (e2e/cli.ts), and mock none.
    isolate: false,
    reporters: [
      'default',
      './test/tools/closing-line-reporter.ts',
      // Twice the limit of a test.
      ['./test/tools/stuck-reporter.ts', {seconds: 600}],
    ],
  },
});
