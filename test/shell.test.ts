import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {describe, expect, test} from 'vitest';

import {
  loadChangeTemplate,
  loadCollectTemplate,
  loadWatchTemplates,
} from '../src/io/package/templates.js';
import {CHECK_FORMATS} from '../src/model/check-format.js';

import {checkText} from './export/check-host.js';

const inFolder = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(folder, name));

/**
 * Every sh script of the project, as it is run: the ones sent to hosts first, of which two are
 * joined from parts.
 */
const scripts: readonly (readonly [name: string, text: string])[] = [
  ['templates/collect', loadCollectTemplate()],
  ['templates/change', loadChangeTemplate()],
  ['templates/check', checkText('nagios')],
  ['templates/watch/sample', loadWatchTemplates().sample],
  ['templates/watch/look', loadWatchTemplates().look],
  ...['templates', 'native', 'test', 'test/native']
    .flatMap(inFolder)
    .map((file) => [file, readFileSync(file, 'utf8')] as const),
];

/** Scripts that go to hosts: a cut stream must do nothing. */
const sent = scripts.filter(([name]) => name.startsWith('templates/'));

test('there are scripts to check', () => {
  expect(sent.length).toBeGreaterThanOrEqual(4);
});

describe.each(scripts)('%s', (_, text) => {
  test('is POSIX sh by shellcheck, and parses under /bin/sh', () => {
    execFileSync('shellcheck', ['-s', 'sh', '-'], {input: text});
    execFileSync('/bin/sh', ['-n'], {input: text});
  });
});

describe.each(sent)('%s', (_, text) => {
  test('says in its header what it is for, and sets -u', () => {
    expect(text.split('\n')[0]).toBe('#!/bin/sh');
    expect(text.split('\n')[2]).toMatch(/^# [a-z-]+\.sh/);
    expect(text).toMatch(/^set -[a-z]*u/m);
  });

  test('does all its work in main, called last, so that a script cut short does nothing', () => {
    // With exit in the same line nothing behind it is run, on a terminal that never ends (doas)
    // either.
    expect(text.trimEnd().split('\n').at(-1)).toBe('main "$@" </dev/null; exit');
  });
});

/** Who has a folder, and which of it is believed to be a practice host's. */
const ROOTS: readonly (readonly [what: string, mark: number | undefined, believed: boolean])[] = [
  ['with a mark of its own', process.getuid?.() ?? 0, true],
  ['without a mark', undefined, false],
  ["with another user's mark", 65_534, false],
];

describe.each(sent)('%s', (_, text) => {
  // Only root can give a folder away.
  test.runIf(process.getuid?.() === 0).each(ROOTS)(
    'takes programs from a practice root %s',
    (_, mark, believed) => {
      const root = mkdtempSync(join(tmpdir(), 'zbufctl-root-'));
      try {
        chmodSync(root, 0o755);
        if (mark !== undefined) {
          mkdirSync(join(root, '.lab'));
          chownSync(join(root, '.lab'), mark, mark);
        }
        // What stands before the first function decides where programs are found.
        const head = text.slice(0, /^[a-z_]+\(\)$/m.exec(text)?.index);
        const path = execFileSync('/bin/sh', ['-s'], {
          input: `${head}\nprintf %s "$PATH"\n`,
          env: {PATH: '/bin:/usr/bin', ZBUFCTL_ROOT: root},
          encoding: 'utf8',
        });
        expect(path.includes(root)).toBe(believed);
      } finally {
        rmSync(root, {recursive: true});
      }
    },
  );
});

test('every answer of a check, and the part of a trace, are POSIX sh by shellcheck', () => {
  const head = readFileSync('templates/collect/setup.sh', 'utf8');
  const parts = [...CHECK_FORMATS, 'main'].map((name) =>
    readFileSync(`templates/check/${name}.sh`, 'utf8'),
  );
  // SC2034, SC2154, SC2218: what stands in the other parts, and each answer is one of several here.
  parts.push(readFileSync('templates/trace/firewall.sh', 'utf8'));
  const text = [head, ...parts].join('\n');
  execFileSync('shellcheck', ['-s', 'sh', '-e', 'SC2034,SC2154,SC2218', '-'], {input: text});
});

test.each(['templates/collect', 'templates/check', 'templates/trace'].flatMap(inFolder))(
  '%s can be read in a few screens',
  (file) => {
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(250);
  },
);

/** What builds and tests leave in the folders below. */
const MADE = /^(?:native\/(?:build|prebuilt)|test\/artifacts)\//;

/** Every sh, awk and C file, known by its name or by its first line; with its lines. */
const scriptsAndC = ['commands', 'native', 'src', 'templates', 'test'].flatMap((folder) =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !MADE.test(file))
    .map((file) => ({file, text: readFileSync(file, 'utf8')}))
    .filter(({file, text}) => /\.(?:sh|awk|[ch])$/.test(file) || /^#! ?\/bin\/sh\b/.test(text)),
);

/** Columns of a line with tabs of 8. */
const columns = (line: string): number =>
  Array.from(line).reduce((at, char) => (char === '\t' ? at + 8 - (at % 8) : at + 1), 0);

test('sh, awk and C hold 80 columns, tabs counting as 8', () => {
  const long = scriptsAndC.flatMap(({file, text}) =>
    text.split('\n').flatMap((line, at) => (columns(line) > 80 ? [`${file}:${at + 1}`] : [])),
  );

  expect(scriptsAndC.length).toBeGreaterThan(150);
  expect(long).toEqual([]);
});
