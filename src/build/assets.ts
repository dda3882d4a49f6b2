import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {packageRoot} from '../io/package/package-root.js';
import {loadCollectTemplate} from '../io/package/templates.js';

import {makeExecutable} from './make-executable.js';
import {writeKnowledge} from './write-knowledge.js';
import {writeWords} from './write-words.js';
import {writeManPages} from './write-man.js';
import {writeManifest} from './write-manifest.js';

/**
 * What the bundler does not do: the knowledge base, the executable bit, oclif's
 * manifest, the collector as one file for a host that cannot be reached.
 * @returns what is wrong with the sources, one line each
 */
export async function buildAssets(root: string): Promise<readonly string[]> {
  const complaints = writeKnowledge(root);
  if (complaints.length > 0) return complaints;
  writeWords(root);
  makeExecutable(root);
  await writeManifest(root);
  writeManPages(root);
  mkdirSync(join(root, 'dist'), {recursive: true});
  writeFileSync(join(root, 'dist', 'collect.sh'), loadCollectTemplate(), {mode: 0o755});
  return [];
}

// Run as a program by `npm run build`; imported by its test.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaints = await buildAssets(packageRoot());
  for (const line of complaints) process.stderr.write(`${line}\n`);
  if (complaints.length > 0) process.exitCode = 1;
}
