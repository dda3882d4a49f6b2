import {expect, test} from 'vitest';

import {zbufctl} from '../e2e/cli.js';

const codesOf = (text: string): string =>
  [...text.slice(text.indexOf('EXIT CODES')).matchAll(/^ +(\d) /gm)]
    .map(([, code]) => code)
    .join('');

test.each([
  [['apply'], '01234567'],
  [['plan'], '012345'],
  [['report', 'verify'], '01234'],
  [['runs', 'show'], '012'],
  [['lab', 'list'], '012'],
] as const)('%s --help shows the exit codes the command can end with', async (command, codes) => {
  const {stdout, code} = await zbufctl([...command, '--help']);
  expect([code, codesOf(stdout)]).toEqual([0, codes]);
});

test('zbufctl alone shows the way in, and every command', async () => {
  const {stdout} = await zbufctl([]);
  expect(stdout).toMatch(/FIRST STEPS\n {2}zbufctl lab up .*\n(?:.*\n)* {2}zbufctl init /);
  for (const command of ['audit', 'collect', 'plan', 'apply', 'rollback'])
    expect(stdout).toContain(`  ${command} `);
});
