import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {generateServices} from '../knowledge/generate.js';
import {SOURCE_FILES} from '../knowledge/read-sources.js';

/**
 * Generates dist/services.json, which the program reads.
 * @returns what is wrong, one line each; then nothing was written
 */
export function writeKnowledge(root: string): readonly string[] {
  const read = (name: string): string => readFileSync(join(root, 'src', 'knowledge', name), 'utf8');
  const {services, complaints} = generateServices({
    services: read(SOURCE_FILES.services),
    servicesSchema: read(SOURCE_FILES.servicesSchema),
    conditions: read(SOURCE_FILES.conditions),
    conditionsSchema: read(SOURCE_FILES.conditionsSchema),
  });
  if (complaints.length > 0) {
    return complaints.map(
      ({file, line, message, fix}) =>
        `src/knowledge/${file}${line === 0 ? '' : `:${line}`}: ${message}. ${fix}`,
    );
  }
  const folder = join(root, 'dist');
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'services.json'), `${JSON.stringify(services)}\n`);
  return [];
}
