import {chmodSync, existsSync} from 'node:fs';
import {join} from 'node:path';

/**
 * npm marks a bin executable when it installs the package; a checkout runs dist/src/main.cjs as it
 * is.
 */
export function makeExecutable(root: string): void {
  const main = join(root, 'dist', 'src', 'main.cjs');
  if (existsSync(main)) chmodSync(main, 0o755);
}
