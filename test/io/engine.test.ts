import {spawnSync} from 'node:child_process';
import {syncBuiltinESMExports} from 'node:module';
import {join} from 'node:path';
import v8 from 'node:v8';

import {expect, onTestFinished, test} from 'vitest';

import {readInventory} from '../../src/cli/hosts/load-hosts.js';
import {engineFlags, threadFlags} from '../../src/io/engine.js';
import {freshFolder} from '../e2e/cli.js';

test('this Node knows every flag: V8 would complain of another on stderr', () => {
  const {node} = process.versions;
  const flags = [...engineFlags(node), ...threadFlags(node)];
  const {status, stderr} = spawnSync(process.execPath, [...flags, '-e', '0'], {encoding: 'utf8'});
  expect({status, stderr}).toEqual({status: 0, stderr: ''});
});

test.each(['20.19.0', '22.1.0', '24.0.0'])('Node %s is told', (version) => {
  expect(engineFlags(version)).toContain('--heap-growing-percent=50');
});

test('a Node that was not measured is left alone', () => {
  expect(engineFlags('18.20.0')).toEqual([]);
  expect(engineFlags('26.0.0')).toEqual([]);
});

test('whoever reads an inventory has told it, before', async () => {
  const folder = freshFolder();
  const told: string[] = [];
  const tell = (flag: string): void => void told.push(flag);
  // What V8 was told cannot be asked, and counts for the whole process.
  const {setFlagsFromString} = v8;
  Object.assign(v8, {setFlagsFromString: tell});
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(v8, {setFlagsFromString});
    syncBuiltinESMExports();
  });
  const environment = {
    homeDirectory: folder,
    user: 'root',
    workingDirectory: folder,
    configDirectory: join(folder, 'config'),
    stateDirectory: join(folder, 'state'),
  };

  await readInventory({}, environment, {note: () => undefined} as never, true);

  expect(told).toEqual(engineFlags(process.versions.node));
});
