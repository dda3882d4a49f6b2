import {defineConfig} from 'vitest/config';

/**
 * What needs no installation, no build, no browser and no second program but sh: under a minute.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    isolate: false,
    maxWorkers: 2,
    include: [
      'test/{app,cli,freebsd,inventory,knowledge,model,plan,probe,report,rules,steps,text,watch}/**/*.test.ts',
      'test/io/{files,package,prompt,store}/**/*.test.ts',
      'test/build/schemas.test.ts',
      'test/*.test.ts',
    ],
    exclude: [
      'test/report/compliance/html.test.ts',
      'test/report/compliance/formats.test.ts',
      'test/cli/{audit,completion,report,runs,terminal}/**',
      'test/shell.test.ts',
      // These measure.
      'test/inventory/speed.test.ts',
      'test/rules/linear.test.ts',
      // These play a host, start programs or compile.
      'test/rules/reading/boot-value.test.ts',
      'test/rules/modes.test.ts',
      'test/model/exhaustive.test.ts',
      'test/app/change/modes-over-ssh.test.ts',
      'test/probe/remote.test.ts',
      'test/io/store/crash.test.ts',
      'test/cli/{help,usage-error}.test.ts',
    ],
    reporters: ['default', './test/tools/closing-line-reporter.ts'],
  },
});
