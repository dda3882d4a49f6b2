import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {expect, test} from 'vitest';

import {MAIN, zbufctl} from '../e2e/cli.js';

/** CPU milliseconds five runs of a command line take, children counted. */
function cpuOf(args: readonly string[]): number {
  const loop = 'for _ in 1 2 3 4 5; do "$@" >/dev/null || exit; done; times';
  const told = execFileSync('sh', ['-c', loop, 'sh', process.execPath, ...args], {
    encoding: 'utf8',
    // Without NODE_OPTIONS and the like: what they cost would count for both sides.
    env: {PATH: process.env['PATH'], HOME: process.env['HOME']},
  });
  const ofChildren = told.trim().split('\n').at(-1) ?? '';
  return [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, seconds]) => (Number(minutes) * 60 + Number(seconds)) * 1000)
    .reduce((sum, part) => sum + part, 0);
}

test('what is asked most often is answered at the price of starting Node', () => {
  const kinds = {
    node: ['-e', '0'],
    version: [MAIN, '--version'],
    help: [MAIN, '--help'],
    commandHelp: [MAIN, 'audit', '--help'],
  };
  const least: Record<string, number> = {};
  // Interleaved, and the least of each: a busy machine makes a run dearer, never cheaper.
  for (let round = 0; round < 4; round += 1)
    for (const [kind, args] of Object.entries(kinds))
      least[kind] = Math.min(least[kind] ?? Infinity, cpuOf(args));
  const ratio = (kind: keyof typeof kinds): number => (least[kind] ?? 0) / (least['node'] ?? 1);
  expect(ratio('version')).toBeLessThanOrEqual(1.2);
  expect(ratio('help')).toBeLessThanOrEqual(2.5);
  expect(ratio('commandHelp')).toBeLessThanOrEqual(2.5);
});

/** With this in the environment help is laid out anew. */
const ANEW = {FORCE_COLOR: '1', OCLIF_COLUMNS: '80'};
const plain = (text: string): string => text.replaceAll(/\u001B\[\d+m/g, '');

test.each([[[]], [['audit']], [['report']], [['lab']], [['runs', 'show']]] as const)(
  'help of %j that the build wrote down is what would be laid out now',
  async (words) => {
    const [written, anew, helped] = await Promise.all([
      zbufctl([...words, '--help']),
      zbufctl([...words, '--help'], {env: ANEW}),
      zbufctl(['help', ...words], {env: {TERM: 'dumb'}}),
    ]);
    expect(anew.stdout).toContain('\u001B[1mUSAGE\u001B[22m');
    expect(written.stdout).toBe(plain(anew.stdout));
    expect(helped).toEqual(written);
  },
);

test('every command and topic has its help written down, and nothing else is asked for by path', async () => {
  const written = readdirSync('dist/help').map((file) => file.slice(0, -'.txt'.length));
  const commands = readdirSync('commands', {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map(
      (file) => `zbufctl ${file.slice(0, -'.ts'.length).replace('/', ' ').replace(' index', '')}`,
    );
  expect(commands.filter((name) => !written.includes(name))).toEqual([]);
  const {code, stderr} = await zbufctl(['help', '../words']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('there is no command')]);
});

/** The files that are loaded before a command runs, beginning with its own. */
function loadedFirst(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const loads = readFileSync(file, 'utf8').matchAll(/^const [\w$]+ = require\("(\.[^"]+)"\)/gm);
  for (const [, path = ''] of loads) loadedFirst(join(dirname(file), path), seen);
  return seen;
}

test('an audit of hosts does not wait for the schema validator: a tenth of its start', () => {
  const files = [...loadedFirst('dist/commands/audit.cjs')];
  expect(files.length).toBeGreaterThan(20);
  const ofAjv = files.filter((file) => readFileSync(file, 'utf8').includes('// node_modules/ajv/'));
  expect(ofAjv).toEqual([]);
});
