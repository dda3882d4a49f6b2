import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {RunStore} from '../../src/io/store/run-store.js';
import type {AuditedHost} from '../../src/model/audit-run.js';
import {makeRun, oneOfEach} from '../world.js';
import {EVERY} from '../tools/sampled.js';

import {freshFolder, zbufctl} from './cli.js';

const HOSTS = 6000;

/** A stored audit that would take some 300 MB in memory. */
async function largeAudit(): Promise<string> {
  const state = freshFolder();
  const some = oneOfEach().hosts;
  const hosts = Array.from({length: HOSTS}, (_, i): AuditedHost => ({
    ...some[i % some.length]!,
    host: `h${i}`,
  }));
  const run = {...makeRun(hosts), run: '20261124T081500Z-audit-0001'};
  await (await new RunStore(state, {onNotice: () => undefined}).begin(run.run)).finish(run);
  return state;
}

test.runIf(EVERY)(
  'a report of a large audit is written without all of it in memory',
  {timeout: 300_000},
  async () => {
    const state = await largeAudit();
    for (const format of [
      'json',
      'csv',
      'junit',
      'markdown',
      'sarif',
      'ocsf',
      'oscal',
      'hdf',
      'html',
    ]) {
      const file = join(freshFolder(), 'report');
      const {code, stderr} = await zbufctl(
        ['report', '--state-dir', state, '-o', `${format}:${file}`],
        {nodeArgs: ['--max-old-space-size=64']},
      );
      expect([format, code, stderr]).toEqual([format, 4, expect.stringContaining('Wrote')]);
    }
  },
);

test.runIf(EVERY)('a report that is ended leaves nothing half-written', async () => {
  const state = await largeAudit();
  const folder = freshFolder();
  const isBegun = (): boolean => readdirSync(folder).some((name) => name.endsWith('.tmp'));
  const {code} = await zbufctl(
    ['report', '--state-dir', state, '-o', `json:${join(folder, 'report.json')}`],
    {
      onStart: (child) => {
        const look = setInterval(() => {
          if (!isBegun()) return;
          clearInterval(look);
          child.kill('SIGINT');
        }, 5);
      },
    },
  );
  expect(code).not.toBe(0);
  expect(existsSync(join(folder, 'report.json'))).toBe(false);
});
