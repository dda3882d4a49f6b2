import {readdirSync} from 'node:fs';
import {join} from 'node:path';

import type {RolldownOptions} from 'rolldown';
import {defineConfig} from 'rolldown';

/** Programs of their own, started by their path. */
const TOOLS = [
  'src/lab/serve',
  'src/build/assets',
  'src/build/bench',
  'src/build/bench-fleet',
  'src/build/bench-stored',
  'src/build/bench-watch',
  'src/build/demo',
  'src/build/fleet/floor',
  'src/build/package-files',
  'src/build/usage-reporter',
  'src/build/write-help',
];

/** What runs in threads of the program, started by their path (src/io/threads). */
const THREADS = ['src/cli/audit/judge-thread'];

const commands = readdirSync('commands', {recursive: true, encoding: 'utf8'})
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('commands', file.slice(0, -'.ts'.length)));

const inputs = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `${name}.ts`]));

/**
 * Packages are bundled but for those with native parts: to find and load a hundred small files took
 * a third of every start. oclif asks for typescript only where commands are not built.
 */
const all: Pick<RolldownOptions, 'platform' | 'external'> = {
  platform: 'node',
  external: [/^node:/, /^(ssh2|koffi|typescript)(\/|$)/],
};

/**
 * The program as forty CommonJS files a command instead of eight hundred modules (npm run bench):
 * Node finds and compiles them in half the time it takes for ES modules. Names stay readable, so
 * that a report of a defect does.
 */
const program = defineConfig({
  ...all,
  input: inputs(['src/main', 'src/program', 'src/cli/help', ...THREADS, ...commands]),
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'src/chunks/[name]-[hash].cjs',
  },
});

const tools = defineConfig({
  ...all,
  input: inputs(TOOLS),
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/chunks/[name]-[hash].js',
  },
});

export default [program, tools];
