import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterEach, beforeEach, expect, test} from 'vitest';

import {buildAssets} from '../../src/build/assets.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {SERVICES} from '../knowledge/sources.js';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zbufctl-build-'));
  cpSync('src/knowledge', join(root, 'src/knowledge'), {recursive: true});
  cpSync('package.json', join(root, 'package.json'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
});

afterEach(() => {
  rmSync(root, {recursive: true, force: true});
});

const put = (file: string, text: string): void => {
  mkdirSync(join(root, file, '..'), {recursive: true});
  writeFileSync(join(root, file), text);
};

test('the build generates the knowledge base, and the collector as one file', async () => {
  expect(await buildAssets(root)).toEqual([]);

  expect(JSON.parse(readFileSync(join(root, 'dist/services.json'), 'utf8'))).toEqual(SERVICES);
  // What an operator carries to a host that cannot be reached.
  expect(readFileSync(join(root, 'dist/collect.sh'), 'utf8')).toBe(loadCollectTemplate());
  expect(existsSync(join(root, 'oclif.manifest.json'))).toBe(false);
});

test('a knowledge base that does not hold together stops the build, with the file and what to do', async () => {
  put('src/knowledge/conditions.yaml', 'pflogd: {commands: []}\n');

  const complaints = await buildAssets(root);

  expect(complaints[0]).toMatch(
    /^src\/knowledge\/conditions\.yaml: \/pflogd\/commands: .*\. See the JSON Schema/,
  );
  expect(existsSync(join(root, 'dist/services.json'))).toBe(false);
});

test('the program is made executable, and the manifest names every command with its flags', async () => {
  put('dist/src/main.cjs', '#!/usr/bin/env node\n');
  chmodSync(join(root, 'dist/src/main.cjs'), 0o644);
  put(
    'dist/commands/hello.js',
    "import {Command, Flags} from '@oclif/core';\n" +
      "export default class Hello extends Command { static flags = {loud: Flags.boolean({summary: 'louder'})}; async run() {} }\n",
  );

  expect(await buildAssets(root)).toEqual([]);

  expect(statSync(join(root, 'dist/src/main.cjs')).mode & 0o777).toBe(0o755);
  const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
    readonly commands: Readonly<Record<string, {readonly flags: object}>>;
  };
  expect(Object.keys(manifest.commands)).toEqual(['hello']);
  expect(Object.keys(manifest.commands['hello']?.flags ?? {})).toContain('loud');
});
