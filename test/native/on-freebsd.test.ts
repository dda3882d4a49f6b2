import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {loadSchema} from '../../src/io/package/schemas.js';
import type {NativeReport} from '../../src/model/probe.js';
import {compareWithExpected} from '../../src/probe/compare.js';
import {conclude} from '../../src/probe/conclude.js';
import {parseNativeOutput} from '../../src/probe/native-output.js';

/**
 * What on-freebsd.sh left: made on a real FreeBSD (.github/workflows/native-freebsd.yml), absent
 * elsewhere.
 */
const folder = process.env['ZBUFPROBE_REPORTS'];
const onFreebsd = folder === undefined ? test.skip : test;

function read(name: string): NativeReport {
  const report = parseNativeOutput(
    readFileSync(join(folder ?? '', `${name}.json`)),
    loadSchema('probe/probe'),
  );
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
}

onFreebsd.each(['hosted', 'plain', 'static', 'on'])(
  'on a FreeBSD kernel the probe (%s) finds the truth table',
  (name) => {
    const report = read(name);

    expect(report).toMatchObject({model: false, machine: 'amd64'});
    expect(report.error).toBeUndefined();
    expect(compareWithExpected(report.matrix)).toEqual([]);
    expect(conclude(report.matrix)[1]?.safeInherits).toEqual(['share']);
    expect(report.zerocopyAfter).toBe(report.zerocopyBefore);
  },
);

onFreebsd('the sysctl was set for a moment and only where it was off', () => {
  expect(read('static').enableWindow?.times).toBeGreaterThanOrEqual(45);
  expect(read('on')).toMatchObject({zerocopyBefore: 1, zerocopyAfter: 1});
  expect(read('on').enableWindow).toBeUndefined();
});

onFreebsd('benchmarks and descriptors were read', () => {
  const {bench, descriptorTotal} = read('static');

  expect(bench?.filter(({failure}) => failure !== undefined)).toEqual([]);
  expect(bench).toHaveLength(12);
  expect(descriptorTotal).toBeGreaterThanOrEqual(0);
});

onFreebsd('with zero-copy off, and without being root, the probe says so', () => {
  expect(read('off').error).toEqual({code: 'zerocopy-off'});
  expect(read('nobody').error).toEqual({code: 'not-root'});
});
