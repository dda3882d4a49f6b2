import {readFileSync, writeFileSync} from 'node:fs';
import {relative} from 'node:path';

import {expect, test} from 'vitest';

import {PUBLISHED_SCHEMAS} from '../../src/build/published-schemas.js';
import {schemasOfModel} from '../../src/build/schemas-of-model.js';

const ROOT = process.cwd();

test('the published schemas are what the model gives', async () => {
  for (const [file, text] of await schemasOfModel(ROOT, PUBLISHED_SCHEMAS)) {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(
      text,
      `${relative(ROOT, file)} is not what src/model says: npm run schemas, and read the difference`,
    ).toBe(readFileSync(file, 'utf8'));
  }
});
