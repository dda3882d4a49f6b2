import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {digestsOfFile, outlineOf} from '../../../src/io/signing/report-file.js';
import {canonicalJson, prettyJson} from '../../../src/text/canonical-json.js';
import {fixedReport, hostileReport} from '../../report/compliance/fixed-report.js';
import {tempDir} from '../store/temp-dir.js';

const report = fixedReport();
const bundle = {schema: 'zbufctl.bundle/1', hosts: [{host: 'a'}], report};
const hostile = hostileReport(['"hosts": [', '  "hosts": [\n  ]', 'x\n  ]\n']);
const bare = (one: object): object => ({...one, hosts: []});

test.each<readonly [string, string, object | undefined]>([
  ['a report', prettyJson(report), bare(report)],
  ['names like what is looked for', prettyJson(hostile), bare(hostile)],
  ['a bundle', prettyJson(bundle), {...bare(bundle), report: bare(report)}],
  ['no hosts', prettyJson(bare(report)), bare(report)],
  ['another layout', canonicalJson(report), report],
  ['a document a line', '{"a":1}\n{"a":2}\n', undefined],
  ['no JSON', '<html>\n{', undefined],
])('%s, without its hosts', async (_, text, outline) => {
  const file = join(tempDir(), 'report');
  writeFileSync(file, text);
  const said = await outlineOf(file);
  expect(said === '' ? undefined : JSON.parse(said)).toEqual(outline);
});

test('a file is hashed without being held, by what its signature may name', async () => {
  const file = join(tempDir(), 'report');
  writeFileSync(file, prettyJson(report));
  const digestOf = await digestsOfFile(file);
  for (const hash of ['sha256', 'sha512'] as const)
    expect(digestOf(hash)).toEqual(createHash(hash).update(prettyJson(report)).digest());
  await expect(digestsOfFile(join(file, 'gone'))).rejects.toThrow('can not be read');
  await expect(outlineOf(tempDir())).rejects.toThrow('it is a folder');
});
