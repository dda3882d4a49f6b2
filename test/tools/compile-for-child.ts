import {basename, join, resolve} from 'node:path';

import {build} from 'rolldown';

/** Inside the repository, so that node finds package.json and node_modules above it. */
const DIR = resolve(import.meta.dirname, '../artifacts');

const compiled = new Map<string, Promise<string>>();

/**
 * Makes a TypeScript file of a test, and what it imports from this repository, ready for child
 * processes, without a build of the program: the path of the JavaScript. No types are checked.
 */
export function compileForChild(entry: string): Promise<string> {
  const known = compiled.get(entry) ?? bundle(entry);
  compiled.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const name = `${basename(entry, '.ts')}.js`;
  await build({
    input: entry,
    platform: 'node',
    external: /^(?![./])/,
    output: {dir: DIR, format: 'esm', entryFileNames: name, codeSplitting: false},
  });
  return join(DIR, name);
}
