import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';
import {canonicalJson} from '../../src/text/canonical-json.js';
import {makeEvidence} from '../world/evidence.js';

import {documentOf, freshFolder, zbufctl} from './cli.js';

/** Evidence of a host that says much nobody knows, as `collect` prints it. */
const unknownRecords = Array.from({length: 100}, (_, i) => `record-${i}: ${'blah '.repeat(55)}`);
const lineOf = (host: string): string => canonicalJson(makeEvidence({host, unknownRecords}));

test('a thousand documents in a file are judged without all of them in memory', async () => {
  const file = join(freshFolder(), 'fleet.ndjson');
  const hosts = Array.from({length: 1000}, (_, i) => `h${i}`);
  const lines = hosts.map(lineOf);
  writeFileSync(file, lines.join('\n'));

  const {code, stdout, stderr} = await zbufctl(['audit', '--from', file, '--json'], {
    nodeArgs: ['--max-old-space-size=48'],
  });

  expect(stderr).toBe('');
  const run = documentOf({code, stdout, stderr}) as AuditRun;
  expect(run.hosts.map(({host}) => host)).toEqual(hosts);
  expect(run.totals).toEqual({compliant: 1000});
  expect(code).toBe(0);

  // So many are judged in threads; a few are not.
  writeFileSync(file, lines.slice(0, 20).join('\n'));
  const few = await zbufctl(['audit', '--from', file, '--json']);
  expect((documentOf(few) as AuditRun).hosts).toEqual(run.hosts.slice(0, 20));
});

test('a broken line among those that threads judge is named, and so is the next', async () => {
  const file = join(freshFolder(), 'fleet.ndjson');
  const lines = Array.from({length: 900}, (_, i) => lineOf(`h${i}`));
  lines[500] = '{"schema":"zbufctl.evidence/1","host":"h500"}';
  lines[898] = 'nothing';
  writeFileSync(file, lines.join('\n'));
  const {code, stderr, stdout} = await zbufctl(['audit', '--from', file]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('fleet.ndjson:501: breaks the schema at the top');
  expect(stderr).toContain('fleet.ndjson:899: is neither an evidence document');
});

test('a line that is no evidence is named, before anything is judged', async () => {
  const file = join(freshFolder(), 'fleet.ndjson');
  writeFileSync(file, `${lineOf('a')}\n${lineOf('b')}\n{"schema":\n`);
  const {code, stderr, stdout} = await zbufctl(['audit', '--from', file]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('fleet.ndjson:3: is neither an evidence document');
});
