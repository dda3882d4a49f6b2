import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['waits-for-ever.ts'],
    testTimeout: 500,
    reporters: [['./test/tools/stuck-reporter.ts', {seconds: 3}]],
  },
});
