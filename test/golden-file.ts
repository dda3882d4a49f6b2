import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {expect} from 'vitest';

/**
 * Holds text against `test/golden/<name>`, byte for byte. `UPDATE_GOLDEN=1` writes the file
 * instead; a missing file fails otherwise, so that a golden cannot appear by accident.
 */
export function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}
