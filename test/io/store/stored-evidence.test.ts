import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {storedRecords} from '../../../src/io/store/stored-evidence.js';

import {tempDir} from './temp-dir.js';

const DOCUMENT = '{"schema":"zbufctl.evidence/1","host":"a"}';

async function read(path: string): Promise<readonly (readonly [number, string])[]> {
  const found: [number, string][] = [];
  for await (const {line, bytes} of storedRecords([path])) found.push([line, bytes.toString()]);
  return found;
}

test.each([
  ['a document', DOCUMENT, [[0, DOCUMENT]]],
  ['and a newline', `${DOCUMENT}\n`, [[0, DOCUMENT]]],
  ['a document over several lines', '{\n "a": 1\n}\n', [[0, '{\n "a": 1\n}\n']]],
  ['what a collector printed', 'zbufctl-evidence 1\n@ uid\n', [[0, 'zbufctl-evidence 1\n@ uid\n']]],
  ['nothing', '', [[0, '']]],
  [
    'a document a line, with an empty line and one that was cut',
    `${DOCUMENT}\n\n{"b":1}\n{"schema":`,
    [
      [1, DOCUMENT],
      [3, '{"b":1}'],
      [4, '{"schema":'],
    ],
  ],
])('%s', async (_, text, expected) => {
  const path = join(tempDir(), 'evidence');
  writeFileSync(path, text);
  expect(await read(path)).toEqual(expected);
});

test('lines come whole, wherever the file was cut into blocks', async () => {
  const path = join(tempDir(), 'evidence');
  const lines = Array.from({length: 50}, (_, i) => JSON.stringify({i, text: 'x'.repeat(99_991)}));
  writeFileSync(path, lines.join('\n'));
  expect((await read(path)).map(([, line]) => line)).toEqual(lines);
});

test('a run gives its evidence; a hidden file is none', async () => {
  const run = tempDir();
  mkdirSync(join(run, 'evidence'));
  for (const name of ['b.json', 'a.json', '.a.json.tmp'])
    writeFileSync(join(run, 'evidence', name), JSON.stringify({name}));
  expect(await read(run)).toEqual([
    [0, '{"name":"a.json"}'],
    [0, '{"name":"b.json"}'],
  ]);
});
