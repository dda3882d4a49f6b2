import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';

import {packageRoot} from './package-root.js';

/** templates/ansible: the files every exported collection has, by path below it. */
export function loadAnsibleTemplates(): ReadonlyMap<string, string> {
  const folder = join(packageRoot(), 'templates', 'ansible');
  const files = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.pyc'))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.sort().map((file) => [relative(folder, file), readFileSync(file, 'utf8')] as const),
  );
}
