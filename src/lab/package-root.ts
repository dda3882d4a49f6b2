import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/**
 * The folder of the installed package (or the checkout): the nearest one above with a package.json.
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('no package.json above src/lab');
    folder = above;
  }
  return folder;
}

/** The simulated programs and the tables of the two releases. */
export const labTemplates = (): string => join(packageRoot(), 'templates', 'lab');
