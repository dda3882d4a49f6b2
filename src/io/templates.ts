import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {packageRoot} from './package-root.js';

/**
 * The text of a script in templates/, e.g. `loadTemplate('collect.sh')`. Works from src/ and from dist/.
 *
 * @throws Error when there is no such template: the package is incomplete or the name is a typo
 */
export function loadTemplate(name: string): string {
  if (!/^[a-z][a-z0-9-]*\.sh$/.test(name)) throw new Error(`not a template name: ${name}`);
  return readFileSync(join(packageRoot(), 'templates', name), 'utf8');
}
