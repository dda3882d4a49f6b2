import {beforeAll, expect, test} from 'vitest';

import type {NativeReport, ProbeCell} from '../../src/model/probe.js';
import {PROBE_ROWS, PROBE_SCENARIOS} from '../../src/model/probe.js';
import {cellKey, compareWithExpected} from '../../src/probe/compare.js';
import {conclude} from '../../src/probe/conclude.js';
import {expectedMatrix} from '../../src/probe/expected-matrix.js';

import {built, reportOf, run} from './probe-program.js';

let report: NativeReport;
let milliseconds: number;

beforeAll(async () => {
  const program = await built('zbufprobe-model');
  const begun = Date.now();
  report = reportOf(await run(program, ['matrix']));
  milliseconds = Date.now() - begun;
});

const cell = (key: string): ProbeCell => report.matrix.find((c) => cellKey(c) === key)!;

test.each(expectedMatrix.map((expected) => [cellKey(expected), expected] as const))(
  'the probe on the model finds what kernels do: %s',
  (key, expected) => {
    const found = cell(key);

    const share = (shares: readonly number[]): number[] =>
      shares.map((s, i) => s * (found.sent[i] ?? NaN));
    expect(found).toMatchObject({
      verdict: expected.verdict,
      exposed: expected.exposed,
      sent: [20, 20, 20, 20, 20, 20],
      parent: share(expected.parent),
      child: share(expected.child),
    });
    expect([found.stalledAtRound, found.crashedAtRound]).toEqual([
      expected.stalledAtRound,
      expected.crashedAtRound,
    ]);
    expect(found.failure).toBeUndefined();
  },
);

test('the expectation has every cell once and is the measured truth table', () => {
  expect(expectedMatrix.map(cellKey)).toEqual(
    PROBE_ROWS.flatMap(({mode, inherit}) => PROBE_SCENARIOS.map((s) => `${mode}/${inherit}/${s}`)),
  );

  // Spelled out once more from the measurements, so that a change of the data is noticed.
  const verdicts = (row: string): string =>
    expectedMatrix
      .filter((c) => `${c.mode}/${c.inherit}` === row)
      .map((c) => ({delivered: 'd', stalled: 's', crashed: 'c', unsupported: 'u'})[c.verdict])
      .join('');
  expect(verdicts('buffer/default')).toBe('ddddddddd');
  expect(verdicts('zbuf/default')).toBe('dsdssdsdd');
  expect(verdicts('zbuf/copy')).toBe('dsdssdsdd');
  expect(verdicts('zbuf/share')).toBe('ddddddddd');
  expect(verdicts('zbuf/none')).toBe('dddccddcd');
  expect(verdicts('zbuf/zero')).toBe('dddsdddsd');
  expect(expectedMatrix.filter((c) => c.basis === 'measured')).toHaveLength(43);
});

test('the whole matrix of the model equals the expectation, within the time the probe allows itself', () => {
  expect(compareWithExpected(report.matrix)).toEqual([]);
  expect(report.model).toBe(true);
  expect(milliseconds).toBeLessThan(15_000);
});

test('the conclusions are one sentence a mode', () => {
  expect(conclude(report.matrix).map(({sentence}) => sentence)).toEqual([
    'buffered: safe for programs that fork',
    'zero-copy: safe for programs that fork: SHARE only; the other process can read the packets',
  ]);
});

test('a crash is the death of a process by a signal, and the run goes on', () => {
  expect(cell('zbuf/none/child-captures').signal).toBe(11);
  expect(cell('zbuf/none/both-capture').parent).toEqual([20, 20, 20, 20, 20, 20]);
});
