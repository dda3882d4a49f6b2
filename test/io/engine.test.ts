import {spawnSync} from 'node:child_process';

import {expect, test} from 'vitest';

import {engineFlags} from '../../src/io/engine.js';

test('this Node knows every flag: V8 would complain of another on stderr', () => {
  const flags = engineFlags(process.versions.node);
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
