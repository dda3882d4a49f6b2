import koffi from 'koffi';
import {beforeAll, expect, test} from 'vitest';

import {requestType, resultType} from '../../src/io/native/native-layout.js';
import {loadNativeProbe, NativeMismatch} from '../../src/io/native/native-probe.js';
import type {NativeProgress} from '../../src/io/native/native-probe.js';
import type {NativeReport} from '../../src/model/probe.js';
import {compareWithExpected} from '../../src/probe/compare.js';

import {built, ModelHost, probeSchema, reportOf, run} from './probe-program.js';
import {parseNativeOutput} from '../../src/probe/native-output.js';

let program: string;
let library: string;

beforeAll(async () => {
  program = await built('zbufprobe-model');
  library = await built('libzbufprobe-model.so');
});

/**
 * The longest limit: the default one is the truth table's test to keep, on a machine that may be
 * busy.
 */
const everything = {matrix: true, bench: false, inspect: true, allowEnable: false, timeLimit: 60};

/** Without the one number that differs from run to run. */
const timeless = ({elapsedMilliseconds, ...rest}: NativeReport): unknown => {
  expect(elapsedMilliseconds).toBeGreaterThan(0);
  return rest;
};

test('the structs are as large as the C compiler made them', () => {
  expect([koffi.sizeof(requestType), koffi.sizeof(resultType)]).toEqual([48, 25176]);
});

test('the library and the program give the same report, cell by cell, and JavaScript goes on meanwhile', async () => {
  const progress: NativeProgress[] = [];
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);

  const fromLibrary = await loadNativeProbe(library).run(everything, {
    onProgress: (p) => progress.push(p),
  });
  clearInterval(timer);
  const fromProgram = reportOf(await run(program, ['matrix', 'inspect', '--time-limit', '60']));

  expect(timeless(fromLibrary)).toEqual(timeless(fromProgram));
  expect(compareWithExpected(fromLibrary.matrix)).toEqual([]);
  expect(parseNativeOutput(Buffer.from(JSON.stringify(fromLibrary)), probeSchema)).toMatchObject({
    ok: true,
  });
  expect(progress.map(({done, total}) => [done, total])).toEqual(
    Array.from({length: 54}, (_, i) => [i + 1, 54]),
  );
  expect(progress[10]?.cell).toEqual({
    mode: 'zbuf',
    inherit: 'default',
    scenario: 'helper-alive',
    verdict: 'stalled',
  });
  expect(ticks).toBeGreaterThan(10);
});

test('the library says why it did not begin as the program does', async () => {
  const host = new ModelHost(0);
  Object.assign(process.env, host.env);
  try {
    const fromLibrary = await loadNativeProbe(library).run(everything);
    const fromProgram = reportOf(await run(program, ['matrix', 'inspect'], host.env));

    expect(fromLibrary).toMatchObject({
      error: {code: 'zerocopy-off'},
      matrix: [],
      zerocopyBefore: 0,
    });
    expect({...fromProgram, elapsedMilliseconds: 0}).toEqual({
      ...fromLibrary,
      elapsedMilliseconds: 0,
    });
  } finally {
    for (const name of Object.keys(host.env)) Reflect.deleteProperty(process.env, name);
    host.remove();
  }
});

test('a benchmark through the library has three runs of every size in both modes, and their medians', async () => {
  const {bench} = await loadNativeProbe(library).run({
    ...everything,
    matrix: false,
    inspect: false,
    bench: true,
  });

  expect(bench).toHaveLength(12);
  expect(
    new Set(
      bench?.map(({mode, packetBytes, bufferBytes}) => `${mode} ${packetBytes} ${bufferBytes}`),
    ).size,
  ).toBe(12);
  for (const {runs, median, failure} of bench ?? []) {
    expect([runs.length, failure]).toEqual([3, undefined]);
    for (const {sent, received, dropped, cpuMicroseconds, systemCalls} of runs) {
      expect(received + dropped).toBe(sent);
      expect(Math.min(received, cpuMicroseconds, systemCalls)).toBeGreaterThan(0);
    }
    const calls = runs.map((r) => r.systemCalls).sort((a, b) => a - b);
    expect(median?.systemCalls).toBe(calls[1]);
  }
});

test('an abort ends the run after the cell in play and reports what was finished', async () => {
  const abort = new AbortController();

  const report = await loadNativeProbe(library).run(everything, {
    signal: abort.signal,
    onProgress: ({done}) => {
      if (done === 2) abort.abort();
    },
  });

  expect(report.error).toEqual({code: 'stopped'});
  expect(report.matrix.map(({scenario}) => scenario)).toEqual(['no-fork', 'helper-alive']);
});

test('only the cells that were asked for are played', async () => {
  const cells = [
    {mode: 'zbuf', inherit: 'none', scenario: 'daemonize'},
    {mode: 'buffer', inherit: 'default', scenario: 'spawn'},
  ] as const;

  const {matrix} = await loadNativeProbe(library).run({...everything, cells});

  expect(matrix.map((c) => [c.inherit, c.scenario, c.verdict])).toEqual([
    ['default', 'spawn', 'delivered'],
    ['none', 'daemonize', 'crashed'],
  ]);
});

test('a library refuses a struct of another size or version, and touches nothing', () => {
  const lib = koffi.load(library);
  const probe = lib.func('int zbufprobe_run(void *request, void *result, void *progress)');
  const decode = lib.func('int zbufprobe_decode(void *data, size_t length, void *result)');
  const request = Buffer.alloc(koffi.sizeof(requestType));
  request.writeUInt32LE(request.length, 0);
  request.writeUInt32LE(1, 4);
  const wrong = (size: number, version: number): Buffer => {
    const result = Buffer.alloc(koffi.sizeof(resultType), 0xaa);
    result.writeUInt32LE(size, 0);
    result.writeUInt32LE(version, 4);
    return result;
  };

  for (const [size, version] of [
    [koffi.sizeof(resultType) + 8, 1],
    [koffi.sizeof(resultType), 2],
    [0, 0],
  ] as const) {
    const result = wrong(size, version);
    const before = Buffer.from(result);

    expect(probe(request, result, null)).toBe(43);
    expect(decode(Buffer.alloc(0), 0, result)).toBe(43);
    expect(result.equals(before)).toBe(true);
  }
  request.writeUInt32LE(2, 4);
  expect(probe(request, wrong(koffi.sizeof(resultType), 1), null)).toBe(43);
});

test('a library without our functions, or none at all, is an error and no result', () => {
  expect(() => loadNativeProbe('/nonexistent/libzbufprobe.so')).toThrow(NativeMismatch);
  expect(() => loadNativeProbe('libc.so.6')).toThrow(/libc\.so\.6: .*zbufprobe_run/);
});
