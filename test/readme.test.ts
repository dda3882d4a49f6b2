import {readFileSync} from 'node:fs';

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
