import {expect, test} from 'vitest';

import {zbufctl} from '../e2e/cli.js';

const codesOf = (text: string): string =>
  [...text.slice(text.indexOf('EXIT CODES')).matchAll(/^ +(\d) /gm)]
    .map(([, code]) => code)
    .join('');

test.each([
  [['apply'], '01234567'],
  [['ingest'], '012345'],
  [['plan'], '012345'],
  [['report', 'verify'], '01234'],
  [['watch'], '01234'],
  [['trace'], '01234'],
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

test('the usage has no empty alternative, and flags of all commands come last', async () => {
  const {stdout} = await zbufctl(['probe', '--help'], {env: {COLUMNS: '80'}});
  const usage = stdout.slice(stdout.indexOf('USAGE'), stdout.indexOf('ARGUMENTS'));
  expect(usage).not.toMatch(/\| *[|\]]|\[ *\|/);
  expect(usage.trimEnd()).toMatch(/\[-q \| -v\]$/);
  expect([...stdout.matchAll(/^(\w+) FLAGS$/gm)].map(([, group]) => group)).toEqual([
    'HOSTS',
    'RESULT',
    'PROBE',
    'CONNECTION',
    'GLOBAL',
  ]);
  // The summary stands on top, and not a second time in the description.
  expect(stdout.split('Prove on the kernel itself')).toHaveLength(2);
});

test.each([
  [['audit'], /-o, .*: table, json, ndjson, csv, markdown, html, junit, sarif, oscal/],
  [['plan'], /-o, .*\(repeatable\): table, json /],
] as const)('%s --help names the formats there are', async (command, formats) => {
  const {stdout} = await zbufctl([...command, '--help'], {env: {COLUMNS: '80'}});
  expect(stdout.replace(/\s+/g, ' ')).toMatch(formats);
});
