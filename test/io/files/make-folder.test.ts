import {mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterEach, beforeEach, expect, test} from 'vitest';

import {makeFolder} from '../../../src/io/files/make-folder.js';
import {OperatorError} from '../../../src/model/operator-error.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zbufctl-folder-'));
});
afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

test('missing folders are made one by one, for the owner alone, also by several at once', async () => {
  const path = join(folder, 'a/b/c');

  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a/b/d'))]);
  await makeFolder(path);

  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
});

test('a link to a folder is one', async () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));

  await makeFolder(join(folder, 'link/below'));

  expect(statSync(join(folder, 'real/below')).isDirectory()).toBe(true);
});

test('what cannot be made ends with a message, and ends', async () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nowhere', join(folder, 'dangling'));

  for (const path of [join(folder, 'file'), join(folder, 'dangling'), '/proc/zbufctl/below'])
    await expect(makeFolder(path)).rejects.toBeInstanceOf(OperatorError);
});
