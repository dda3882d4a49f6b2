import fc from 'fast-check';
import {beforeAll, expect, test} from 'vitest';

import type {NativeReport, ProbeCell} from '../../src/model/probe.js';
import {NATIVE_PROBLEMS} from '../../src/model/probe.js';
import {compareWithExpected} from '../../src/probe/compare.js';
import {conclude} from '../../src/probe/conclude.js';
import {describeProbeError} from '../../src/probe/describe-error.js';
import {expectedMatrix} from '../../src/probe/expected-matrix.js';
import {NATIVE_OUTPUT_MAX_BYTES, parseNativeOutput} from '../../src/probe/native-output.js';

import {built, probeSchema, run} from './probe-program.js';
import {often} from '../tools/sampled.js';

/** A matrix exactly as expected, with 20 packets a round. */
const matrix: readonly ProbeCell[] = expectedMatrix.map(
  ({mode, inherit, scenario, verdict, stalledAtRound, crashedAtRound, exposed, parent, child}) => ({
    mode,
    inherit,
    scenario,
    verdict,
    ...(stalledAtRound !== undefined && {stalledAtRound}),
    ...(crashedAtRound !== undefined && {crashedAtRound, signal: 11}),
    exposed,
    sent: Array<number>(6).fill(20),
    parent: parent.map((share) => share * 20),
    child: child.map((share) => share * 20),
    seenByOther: Array<number>(6).fill(exposed ? 20 : 0),
  }),
);

const report: NativeReport = {
  schema: 'zbufctl.native-probe/1',
  kernel: '15.1-RELEASE-p1',
  machine: 'amd64',
  model: false,
  interface: 'lo0',
  zerocopyBefore: 1,
  zerocopyAfter: 1,
  elapsedMilliseconds: 4000,
  matrix,
};

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const parse = (bytes: Uint8Array): ReturnType<typeof parseNativeOutput> =>
  parseNativeOutput(bytes, probeSchema);

let printed: Uint8Array;
beforeAll(async () => {
  const program = await built('zbufprobe-model');
  ({stdout: printed} = await run(program, ['inspect', 'matrix', '--only', 'zbuf/none']));
});

test('what the program prints is read, and so is a report made by hand', () => {
  expect(parse(printed)).toMatchObject({ok: true, value: {model: true, descriptors: []}});
  expect(parse(bytesOf(report))).toEqual({ok: true, value: report});
});

test('output that was cut off anywhere is refused, never taken for less', () => {
  for (let length = 0; length < printed.length - 1; length += 7)
    expect(parse(printed.subarray(0, length)).ok).toBe(false);
});

const cell = matrix[0]!;
const wrongs: readonly (readonly [string, unknown])[] = [
  ['another version', {...report, schema: 'zbufctl.native-probe/2'}],
  ['no schema', {...report, schema: undefined}],
  ['an array', [report]],
  ['null', null],
  ['a member it does not have', {...report, extra: 1}],
  ['no kernel', {...report, kernel: undefined}],
  ['a kernel name of a megabyte', {...report, kernel: 'x'.repeat(100_000)}],
  ['a text where a number is', {...report, zerocopyBefore: '1'}],
  ['a fraction', {...report, zerocopyBefore: 0.5}],
  ['a verdict of its own', {...report, matrix: [{...cell, verdict: 'safe'}]}],
  ['five rounds', {...report, matrix: [{...cell, parent: [20, 20, 20, 20, 20]}]}],
  ['a negative count', {...report, matrix: [{...cell, parent: [20, 20, 20, 20, 20, -1]}]}],
  ['delivered and stalled', {...report, matrix: [{...cell, stalledAtRound: 2}]}],
  ['stalled without a round', {...report, matrix: [{...cell, verdict: 'stalled'}]}],
  ['the same cell twice', {...report, matrix: [cell, cell]}],
  ['a cell that is no row of the matrix', {...report, matrix: [{...cell, inherit: 'share'}]}],
  ['fifty-five cells', {...report, matrix: [...matrix, cell]}],
  ['an unknown error', {...report, error: {code: 'fine'}}],
  [
    'a step that is a sentence',
    {...report, error: {code: 'system-call', step: 'rm -rf /', errno: 1}},
  ],
];

test.each(wrongs)('a report with %s is refused', (_what, document) => {
  const answer = parse(bytesOf(document));

  expect(answer.ok).toBe(false);
  if (!answer.ok) expect(answer.error.message).toMatch(/^the probe \S.{5,200}$/);
});

test('counts that contradict the verdict are refused: a host cannot just say delivered', () => {
  const lost = {...cell, parent: [20, 20, 0, 0, 0, 0]};

  expect(parse(bytesOf({...report, matrix: [lost]}))).toMatchObject({
    ok: false,
    error: {message: expect.stringContaining('delivered') as string},
  });
  const unsent = {...cell, sent: [0, 0, 0, 0, 0, 0], parent: [0, 0, 0, 0, 0, 0]};
  expect(parse(bytesOf({...report, matrix: [unsent]})).ok).toBe(false);
});

test('too much, and bytes that are no UTF-8, are refused before they are looked at', () => {
  const long = Buffer.concat([Buffer.from(' '.repeat(NATIVE_OUTPUT_MAX_BYTES)), bytesOf(report)]);

  expect(parse(long)).toMatchObject({
    ok: false,
    error: {message: expect.stringContaining('more than') as string},
  });
  expect(parse(Buffer.concat([bytesOf(report), Buffer.from([0xff])])).ok).toBe(false);
  expect(parse(Buffer.alloc(0))).toMatchObject({error: {message: 'the probe printed nothing'}});
});

test('random bytes, random JSON and random damage give a complaint without control characters, never a throw', () => {
  const text = Buffer.from(printed).toString();
  const hostile = fc.oneof(
    fc.uint8Array({maxLength: 500}),
    fc.json().map((json) => Buffer.from(json)),
    fc.string({unit: 'binary'}).map((schema) => bytesOf({...report, schema})),
    fc
      .tuple(fc.nat(text.length - 1), fc.string({unit: 'binary', minLength: 1, maxLength: 5}))
      .map(([at, damage]) =>
        Buffer.from(text.slice(0, at) + damage + text.slice(at + damage.length)),
      ),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      const answer = parse(bytes);
      if (!answer.ok)
        expect(answer.error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }),
    {numRuns: often(300)},
  );
});

test('a matrix as expected has no difference, and every single change in it is one', () => {
  expect(compareWithExpected(matrix)).toEqual([]);
  fc.assert(
    fc.property(
      fc.nat(53),
      fc.constantFrom('verdict', 'exposed', 'parent', 'child', 'missing'),
      fc.nat(5),
      (at, what, round) => {
        const changed = matrix.flatMap((c, i): readonly ProbeCell[] => {
          if (i !== at) return [c];
          const bump = (n: readonly number[]): number[] =>
            n.map((p, r) => (r === round ? p + 1 : p));
          switch (what) {
            case 'verdict':
              return [{...c, verdict: 'unsupported'}];
            case 'exposed':
              return [{...c, exposed: !c.exposed}];
            case 'parent':
              return [{...c, parent: bump(c.parent)}];
            case 'child':
              return [{...c, child: bump(c.child)}];
            case 'missing':
              return [];
          }
        });
        const {mode, inherit, scenario} = matrix[at]!;
        expect(compareWithExpected(changed)).toMatchObject([{mode, inherit, scenario, what}]);
      },
    ),
  );
});

test('cells that were not asked for are missing only where all were', () => {
  expect(compareWithExpected(matrix.slice(0, 9), {complete: false})).toEqual([]);
  expect(compareWithExpected(matrix.slice(0, 9))).toHaveLength(45);
});

const sentences = (cells: readonly ProbeCell[]): readonly string[] =>
  conclude(cells).map(({sentence}) => sentence);

test('a mode is called safe only when every scenario was seen to deliver', () => {
  expect(conclude(matrix)).toMatchObject([
    {mode: 'buffer', safeForForks: 'yes', safeInherits: ['default']},
    {mode: 'zbuf', safeForForks: 'yes', safeInherits: ['share']},
  ]);
  expect(conclude([]).map(({safeForForks}) => safeForForks)).toEqual(['unknown', 'unknown']);
  fc.assert(
    fc.property(
      fc.nat(53),
      fc.constantFrom('missing', 'unsupported', 'stalled', 'crashed'),
      (at, what) => {
        const target = matrix[at]!;
        const spoiled = matrix.flatMap((c): readonly ProbeCell[] => {
          if (c !== target) return [c];
          return what === 'missing' ? [] : [{...c, verdict: what}];
        });
        const conclusion = conclude(spoiled).find(({mode}) => mode === target.mode)!;
        expect(conclusion.safeInherits).not.toContain(target.inherit);
      },
    ),
  );
});

test('what cannot be said is not said, and what is bad is said plainly', () => {
  const of = (mode: string, change: (c: ProbeCell) => ProbeCell): readonly ProbeCell[] =>
    matrix.map((c) => (c.mode === mode ? change(c) : c));

  expect(sentences(of('zbuf', (c) => ({...c, verdict: 'unsupported'})))[1]).toBe(
    'zero-copy: not known, cells are missing',
  );
  expect(
    sentences(
      of('zbuf', (c) => (c.scenario === 'helper-alive' ? {...c, verdict: 'stalled'} : c)),
    )[1],
  ).toBe('zero-copy: not safe for programs that fork, whatever is done about inheritance');
  expect(sentences(of('zbuf', (c) => ({...c, verdict: 'stalled'})))[1]).toBe(
    'zero-copy: loses packets even in a program that does not fork',
  );
});

test('every problem the native probe can have is explained, with what to do', () => {
  for (const code of NATIVE_PROBLEMS) {
    const {message, fix} = describeProbeError({code, step: 'open', errno: 13});
    expect(message).toContain('(open: errno 13, permission denied)');
    expect(fix).toMatch(/\.$/);
  }
});
