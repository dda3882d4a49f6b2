import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {packageRoot} from './package-root.js';

/** oclif.manifest.json, which the build writes: every command with its flags. */
export const readManifest = (): unknown =>
  JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8'));
