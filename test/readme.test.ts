import {existsSync, readFileSync} from 'node:fs';

import {expect, test} from 'vitest';

import {EXIT_MEANING} from '../src/cli/exit-codes.js';

const readme = readFileSync('README.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
};

test('the exit codes of the README are the ones of the code', () => {
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [code, meaning] of Object.entries(EXIT_MEANING)) {
    expect(rows).toContainEqual(['', code, meaning, '']);
  }
});

test('every dependency is named with the reason why it is there', () => {
  const reasons = readme.slice(readme.indexOf('## Why each dependency'), readme.indexOf('## Layout'));
  for (const name of Object.keys(manifest.dependencies)) expect(reasons).toContain(name);
  const rows = reasons.split('\n').filter((line) => line.startsWith('| ') && !/^\| (package|-)/.test(line));
  for (const row of rows) {
    for (const name of (row.split('|')[1] ?? '').split(',')) {
      expect(Object.keys(manifest.dependencies)).toContain(name.trim());
    }
  }
});

test('the commands the README tells to run are there, and nothing is left to fill in', () => {
  for (const [, script] of readme.matchAll(/npm run ([a-z]+)/g))
    expect(Object.keys(manifest.scripts)).toContain(script);
  expect(readme).toContain('npm ci && npm run demo');
  expect(readme).toContain('npm ci && npm test');
  expect(readme).not.toMatch(/@@|TODO|FIXME/);
});

test('every zbufctl command of the README is one, and so is every flag of the part about changes', () => {
  const blocks = readme.split('```').filter((_, i) => i % 2 === 1);
  const words = [...blocks.join('\n').matchAll(/^(?:\$ | {2})?zbufctl ([a-z]+)/gm)].map(
    ([, word = '']) => word,
  );
  expect(words).toEqual(expect.arrayContaining(['audit', 'plan', 'apply', 'rollback', 'report']));
  for (const word of words)
    expect(existsSync(`commands/${word}.ts`) || existsSync(`commands/${word}`), word).toBe(true);

  const part = readme.slice(readme.indexOf('## Change'), readme.indexOf('## Exit codes'));
  const flags = ['commands/plan.ts', 'commands/apply.ts', 'commands/rollback.ts', 'src/cli/flags.ts']
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  const named = [...part.matchAll(/--([a-z][a-z-]+)/g)].map(([, flag = '']) => flag);
  expect(named.length).toBeGreaterThan(5);
  for (const flag of named) expect(flags, flag).toMatch(new RegExp(`^ {2,4}'?${flag}'?: `, 'm'));
});
