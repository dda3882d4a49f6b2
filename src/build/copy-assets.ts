import {chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync} from 'node:fs';
import {dirname, extname, join} from 'node:path';

/**
 * What the program reads at run time beside its code: JSON Schemas and data, and the templates of
 * reports.
 */
const KINDS = new Set(['.json', '.yaml', '.eta']);

/**
 * Copies every data file of src/ to the same place under dist/src/. @returns their paths under src/
 */
export function copyAssets(root: string): readonly string[] {
  const from = join(root, 'src');
  const files = readdirSync(from, {recursive: true, encoding: 'utf8'}).filter(
    (file) => KINDS.has(extname(file)) && statSync(join(from, file)).isFile(),
  );
  for (const file of files) {
    const to = join(root, 'dist', 'src', file);
    mkdirSync(dirname(to), {recursive: true});
    copyFileSync(join(from, file), to);
    // A source tree may be read-only; the next build still has to write here.
    chmodSync(to, 0o644);
  }
  return files;
}

/**
 * npm marks a bin executable when it installs the package; a checkout runs dist/src/main.js as it
 * is.
 */
export function makeExecutable(root: string): void {
  const main = join(root, 'dist', 'src', 'main.js');
  if (existsSync(main)) chmodSync(main, 0o755);
}
