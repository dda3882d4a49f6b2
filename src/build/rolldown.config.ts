import {readdirSync} from 'node:fs';
import {join} from 'node:path';

import {defineConfig} from 'rolldown';

/** What is started or loaded by its path: the program, what it spawns, what oclif loads. */
const PROGRAMS = [
  'src/program',
  'src/cli/help',
  'src/lab/serve',
  'src/build/assets',
  'src/build/bench',
  'src/build/bench-fleet',
  'src/build/bench-watch',
  'src/build/demo',
  'src/build/fleet/floor',
  'src/build/package-files',
  'src/build/usage-reporter',
  'src/build/write-help',
];

const commands = readdirSync('commands', {recursive: true, encoding: 'utf8'})
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('commands', file.slice(0, -'.ts'.length)));

/**
 * Packages stay outside, so that npm's audit and updates reach them; but for @oclif/core, whose two
 * hundred files every start would load. It asks for typescript only where commands are not built.
 */
function isExternal(id: string, importer: string | undefined): boolean {
  if (id === 'typescript' || id.startsWith('node:')) return true;
  const ofOclif = id === '@oclif/core' || (importer?.includes('/node_modules/') ?? false);
  return /^[^./]/.test(id) && !ofOclif;
}

/**
 * The program as a hundred files instead of eight hundred: loading them was two thirds of every
 * start (npm run bench). Names stay readable, so that a report of a defect does.
 */
const program = defineConfig({
  input: Object.fromEntries([...PROGRAMS, ...commands].map((name) => [name, `${name}.ts`])),
  platform: 'node',
  external: isExternal,
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/chunks/[name]-[hash].js',
  },
});

/** See src/main.ts. */
const door = defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  external: ['./program.js', /^node:/],
  output: {dir: 'dist/src', format: 'cjs', entryFileNames: 'main.cjs'},
});

export default [program, door];
