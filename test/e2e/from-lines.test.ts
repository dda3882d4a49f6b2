import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';
import {canonicalJson} from '../../src/text/canonical-json.js';
import {makeEvidence} from '../world/evidence.js';

import {freshFolder, zbufctl} from './cli.js';

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
  const run = JSON.parse(stdout) as AuditRun;
  expect(run.hosts.map(({host}) => host)).toEqual(hosts);
  expect(run.totals).toEqual({compliant: 1000});
  expect(code).toBe(0);
});

test('a line that is no evidence is named, before anything is judged', async () => {
  const file = join(freshFolder(), 'fleet.ndjson');
  writeFileSync(file, `${lineOf('a')}\n${lineOf('b')}\n{"schema":\n`);
  const {code, stderr, stdout} = await zbufctl(['audit', '--from', file]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('fleet.ndjson:3: is neither an evidence document');
});
