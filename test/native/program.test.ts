import {beforeAll, expect, test} from 'vitest';

import {PROBE_ROWS, PROBE_SCENARIOS} from '../../src/model/probe.js';

import {built, reportOf, run} from './probe-program.js';

let program: string;

beforeAll(async () => {
  program = await built('zbufprobe-model');
});

test('--list names the cells in the order of the matrix', async () => {
  const {stdout} = await run(program, ['--list']);

  expect(stdout.toString().trimEnd().split('\n')).toEqual(
    PROBE_ROWS.flatMap(({mode, inherit}) => PROBE_SCENARIOS.map((s) => `${mode}/${inherit}/${s}`)),
  );
});

test.each([
  ['buffer', 9],
  ['*/share', 9],
  ['zbuf/*/no-fork', 5],
  ['zbuf/zero/spawn', 1],
])('--only %s plays %i cells', async (pattern, count) => {
  const {matrix} = reportOf(await run(program, ['--only', pattern, '--packets', '3']));

  expect(matrix).toHaveLength(count);
  expect(matrix[0]?.sent).toEqual([3, 3, 3, 3, 3, 3]);
});

test.each([
  [['--only', 'zbuf/default/no-such']],
  [['--only', 'zbuf/share/spawn/more']],
  [['--only']],
  [['--packets', '0']],
  [['--packets', '101']],
  [['--packets', '1x']],
  [['--time-limit', '61']],
  [['--interface', 'a-name-of-sixteen']],
  [['decode']],
  [['--no-such-option']],
])('wrong usage is refused with the usage and no JSON: %s', async (args) => {
  const {code, stdout, stderr} = await run(program, args);

  expect([code, stdout.length]).toEqual([2, 0]);
  expect(stderr).toContain('usage: zbufprobe');
});

test('progress goes to standard error, a line a cell, and standard output stays JSON', async () => {
  const ended = await run(program, ['--progress', '--only', 'zbuf/share/exec']);

  expect(ended.stderr).toBe('1/1 zbuf/share/exec delivered\n');
  expect(reportOf(ended).matrix).toHaveLength(1);
});

test('the direction in which packets are seen is found out, not assumed', async () => {
  const cells = ['--only', 'zbuf/share/both-capture', '--only', 'buffer/default/no-fork'];

  const outOnly = reportOf(await run(program, cells, {ZBUFPROBE_MODEL_LO0: 'out'}));

  expect(outOnly.matrix.map(({verdict}) => verdict)).toEqual(['delivered', 'delivered']);
});

test('where its own packets are not seen at all the probe says that, and calls nothing stalled', async () => {
  const report = reportOf(await run(program, ['matrix'], {ZBUFPROBE_MODEL_LO0: 'none'}));

  expect(report).toMatchObject({error: {code: 'no-traffic'}, matrix: []});
});

test('another interface is probed with what it sends, an unknown one is an error', async () => {
  const cells = ['--only', 'zbuf/share/helper-alive', '--only', 'buffer/default/no-fork'];

  const known = reportOf(await run(program, ['--interface', 'em0', ...cells]));
  const unknown = reportOf(await run(program, ['--interface', 'em7', ...cells]));

  expect(known.interface).toBe('em0');
  expect(known.matrix.map(({verdict, sent, parent}) => [verdict, sent, parent])).toEqual([
    ['delivered', Array(6).fill(20), Array(6).fill(20)],
    ['delivered', Array(6).fill(20), Array(6).fill(20)],
  ]);
  expect(unknown).toMatchObject({
    error: {code: 'system-call', step: 'interface-address', errno: 6},
    matrix: [],
  });
});
