import {readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

import {expect, test} from 'vitest';

const FILES = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter((file) => file.endsWith('.schema.json'))
  .map((file) => join('src', file));

/** Every `zbufctl.NAME/N` a schema asks for. */
const versionsIn = (text: string): readonly string[] =>
  [...text.matchAll(/"const": "zbufctl\.[a-z-]+\/(\d+)"/g)].map(([, version]) => version ?? '');

test('schemas are there', () => {
  expect(FILES.length).toBeGreaterThan(8);
});

test.each(FILES)('%s is named with the version of the documents it describes', (file) => {
  const text = readFileSync(file, 'utf8');
  const {$id} = JSON.parse(text) as {readonly $id: string};
  const [, name, version] = /^urn:zbufctl:([a-z-]+):(\d+)$/.exec($id) ?? [];
  // zbufctl.yaml is called after the file, its schema after what it holds.
  expect(name).toBe(basename(file, '.schema.json').replace('zbufctl', 'inventory'));
  expect(new Set([version, ...versionsIn(text)])).toEqual(new Set([version]));
});
