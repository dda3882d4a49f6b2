import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {packageRoot} from './package-root.js';

/**
 * A data file of the package by its place under src/, e.g. `knowledge/conditions.yaml`: schemas
 * and tables are shipped where they stand in the sources.
 */
export const readData = (name: string): string =>
  readFileSync(join(packageRoot(), 'src', name), 'utf8');

/**
 * A file that only the build makes, by its place under dist/. `undefined`: this is not the built
 * program (tests run the sources), or the build did not make it.
 */
export function readBuilt(name: string): string | undefined {
  const dist = join(packageRoot(), 'dist');
  if (!fileURLToPath(import.meta.url).startsWith(join(dist, '/'))) return undefined;
  try {
    return readFileSync(join(dist, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
