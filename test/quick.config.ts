import {defineConfig} from 'vitest/config';

/**
 * What needs no installation, no build, no browser and no second program but sh: under a minute.
 */
export default defineConfig({
  test: {
    include: [
      'test/{app,cli,freebsd,inventory,knowledge,model,plan,probe,report,rules,steps,text}/**/*.test.ts',
      'test/io/{files,package,prompt,store}/**/*.test.ts',
      'test/*.test.ts',
    ],
    exclude: [
      'test/report/compliance/html.test.ts',
      'test/report/compliance/formats.test.ts',
      'test/cli/report/**',
      'test/shell.test.ts',
    ],
    reporters: ['default', './test/tools/closing-line-reporter.ts'],
  },
});
