import {execFile} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {cellKey, compareWithExpected} from '../../src/probe/compare.js';

import {reportOf, run} from './probe-program.js';
import {sampled} from '../tools/sampled.js';

const folder = mkdtempSync(join(tmpdir(), 'zbufprobe-faults-'));
const execute = promisify(execFile);
const sources = readdirSync('native')
  .filter((f) => f.endsWith('.c'))
  .map((f) => join('native', f));
const model = readdirSync('native/model')
  .filter((f) => f.endsWith('.c'))
  .map((f) => join('native/model', f));
const flags = ['-std=c11', '-D_GNU_SOURCE', '-pthread', '-O1'];
const objects: string[] = [];

// The probe itself is compiled once and stays the same: only the model is broken.
beforeAll(async () => {
  for (const source of sources) {
    const object = join(folder, `${source.replace(/\W/g, '-')}.o`);
    await execute('cc', [...flags, '-c', source, '-o', object]);
    objects.push(object);
  }
});

afterAll(() => {
  rmSync(folder, {recursive: true});
});

/** Each fault, the cells to play, and one in which it shows. */
const faults = [
  ['FAULT_FORK_SHARES', ['zbuf/default/helper-alive', 'zbuf/copy/child-captures']],
  ['FAULT_SHARE_IGNORED', ['zbuf/share/helper-alive', 'zbuf/share/child-captures']],
  ['FAULT_NONE_IGNORED', ['zbuf/none/helper-alive', 'zbuf/none/daemonize']],
  ['FAULT_ZERO_UNMAPS', ['zbuf/zero/child-captures']],
  [
    'FAULT_ALWAYS_COPIES',
    ['zbuf/default/helper-exits', 'zbuf/default/daemonize', 'zbuf/default/exec'],
  ],
  ['FAULT_EXEC_KEEPS_MEMORY', ['zbuf/default/exec']],
  ['FAULT_SPAWN_FORKS', ['zbuf/default/spawn']],
  ['FAULT_DIRECTION_IGNORED', ['buffer/default/no-fork', 'zbuf/share/no-fork']],
  ['FAULT_ACKNOWLEDGE_IGNORED', ['zbuf/default/no-fork']],
  ['FAULT_ROTATE_LOSES_PACKET', ['buffer/default/no-fork', 'zbuf/default/no-fork']],
  ['FAULT_KERNEL_FOLLOWS_COPY', ['zbuf/default/helper-alive']],
  ['FAULT_CHILD_READS_NOTHING', ['buffer/default/child-captures']],
  ['FAULT_PACKET_TWICE', ['zbuf/share/helper-alive']],
  ['FAULT_HEADER_NOT_SHARED', ['zbuf/share/no-fork']],
] as const;

test.each(sampled(faults, 3, ([fault]) => fault))(
  'the probe notices a kernel with %s',
  async (fault, cells) => {
    const program = join(folder, fault);
    await execute('cc', [...flags, `-DMODEL_FAULT=${fault}`, ...objects, ...model, '-o', program]);

    const report = reportOf(
      await run(
        program,
        cells.flatMap((cell) => ['--only', cell]),
      ),
    );

    const noticed = new Set(compareWithExpected(report.matrix, {complete: false}).map(cellKey));
    expect([...noticed].sort()).toEqual([...cells].sort());
  },
);

test('every fault the model knows is tried, and none is there without being asked for', async () => {
  const header = readFileSync('native/model/world.h', 'utf8');
  const known = [...header.matchAll(/^#define (FAULT_\w+)/gm)].map(([, name]) => name);
  expect(faults.map(([name]) => name)).toEqual(known);

  const program = join(folder, 'sound');
  await execute('cc', [...flags, ...objects, ...model, '-o', program]);
  const cells = [...new Set(faults.flatMap(([, names]) => names))];
  const report = reportOf(
    await run(
      program,
      cells.flatMap((cell) => ['--only', cell]),
    ),
  );
  expect(report.matrix).toHaveLength(cells.length);
  expect(compareWithExpected(report.matrix, {complete: false})).toEqual([]);
});
