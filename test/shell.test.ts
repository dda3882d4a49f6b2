import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from 'vitest';

/** Every sh script of the project, the ones sent to hosts first. */
const scripts = ['templates', 'native', 'test', 'test/native']
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.sh'));

/** Scripts that go to hosts: a cut stream must do nothing. */
const sent = scripts.filter((file) => file.startsWith('templates/'));

test('there are scripts to check', () => {
  expect(sent.length).toBeGreaterThanOrEqual(3);
});

describe.each(scripts)('%s', (file) => {
  test('is POSIX sh by shellcheck, and parses under /bin/sh', () => {
    execFileSync('shellcheck', ['-s', 'sh', file]);
    execFileSync('/bin/sh', ['-n', file]);
  });
});

describe.each(sent)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  test('says in its header what it is for, and sets -u', () => {
    expect(text.split('\n')[0]).toBe('#!/bin/sh');
    expect(text.split('\n')[2]).toMatch(/^# [a-z-]+\.sh/);
    expect(text).toMatch(/^set -[a-z]*u/m);
  });

  test('does all its work in main, called last, so that a script cut short does nothing', () => {
    // With exit in the same line nothing behind it is run, on a terminal that never ends (doas) either.
    expect(text.trimEnd().split('\n').at(-1)).toBe('main "$@" </dev/null; exit');
  });
});
