import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';

import {expect, test} from 'vitest';

import {EXIT_MEANING} from '../src/cli/exit-codes.js';

const readme = readFileSync('README.md', 'utf8');
const codeGuide = readFileSync('src/README.md', 'utf8');
/** Every guide, by its path. */
const guides = new Map(
  ['README.md', 'CHANGELOG.md', ...['.github', 'src', 'native', 'test'].flatMap(guidesIn)].map(
    (file) => [file, readFileSync(file, 'utf8')],
  ),
);

function guidesIn(folder: string): readonly string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.md') && !/captures|golden/.test(file))
    .map((file) => posix.join(folder, file));
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
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
  const from = codeGuide.indexOf('## Why each dependency');
  const reasons = codeGuide.slice(from, codeGuide.indexOf('## Measured'));
  const installed = Object.keys({...manifest.dependencies, ...manifest.optionalDependencies});
  for (const name of installed) expect(reasons).toContain(name);
  const rows = reasons
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (package|-)/.test(line));
  for (const row of rows) {
    for (const name of (row.split('|')[1] ?? '').split(',')) {
      expect(installed).toContain(name.trim());
    }
  }
});

test('the README opens the door: short, narrow, and every link leads somewhere', () => {
  const lines = readme.split('\n');
  expect(lines.length).toBeLessThanOrEqual(151);
  for (const heading of ['Am I affected?', 'Install', 'Exit codes', 'Support and licence'])
    expect(lines).toContain(`## ${heading}`);
  for (const [file, text] of guides)
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g))
      expect(existsSync(posix.join(posix.dirname(file), link)), `${file}: ${link}`).toBe(true);
});

test('what src/README.md tells to change is there', () => {
  const part = codeGuide.slice(
    codeGuide.indexOf('## To change X'),
    codeGuide.indexOf('## Why each'),
  );
  const places = [...part.matchAll(/`([a-z][\w./-]+)`/g)].map(([, place = '']) => place);
  expect(places.length).toBeGreaterThan(20);
  for (const place of places) expect(existsSync(place), place).toBe(true);
});

test('the commands the guides tell to run are there, and nothing is left to fill in', () => {
  for (const [file, text] of guides) {
    for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([a-z:]+)/g))
      expect(Object.keys(manifest.scripts), file).toContain(script);
    expect(text, file).not.toMatch(/@@|TODO|FIXME/);
  }
  expect(readme).toContain('npm ci && npm run demo');
  expect(readme).toContain('npm ci && npm test');
});

test('every zbufctl command of the guides is one, and every flag of the guide to changes', () => {
  const blocks = [...guides.values()].flatMap((text) =>
    text.split('```').filter((_, i) => i % 2 === 1),
  );
  const words = [...blocks.join('\n').matchAll(/^(?:\$ | {2})?zbufctl ([a-z]+)/gm)].map(
    ([, word = '']) => word,
  );
  expect(words).toEqual(expect.arrayContaining(['audit', 'plan', 'apply', 'rollback', 'report']));
  for (const word of words)
    expect(existsSync(`commands/${word}.ts`) || existsSync(`commands/${word}`), word).toBe(true);

  const flags = [
    'src/cli/flags.ts',
    ...['plan', 'apply', 'rollback'].map((c) => `src/cli/change/${c}-flags.ts`),
  ]
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  const named = [...(guides.get('src/plan/README.md') ?? '').matchAll(/--([a-z][a-z-]+)/g)].map(
    ([, flag = '']) => flag,
  );
  expect(named.length).toBeGreaterThan(5);
  for (const flag of named) expect(flags, flag).toMatch(new RegExp(`^ {2,4}'?${flag}'?: `, 'm'));
});
