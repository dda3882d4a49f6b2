import stringWidth from 'string-width';
import {expect, test} from 'vitest';

import type {ProbeCell, ProbedHost} from '../../src/model/probe.js';
import {compareWithExpected} from '../../src/probe/compare.js';
import {conclude} from '../../src/probe/conclude.js';
import {EXPECTED_SOURCE} from '../../src/probe/expected-matrix.js';
import {renderProbeMatrix} from '../../src/report/probe/probe-matrix.js';
import type {ProbeView} from '../../src/report/probe/probe-matrix.js';

import {built, reportOf, run} from './probe-program.js';

const plain = {colour: false, width: 100, verbose: false};

async function probed(args: readonly string[] = []): Promise<ProbedHost> {
  const report = reportOf(
    await run(await built('zbufprobe-model'), ['matrix', '--time-limit', '60', ...args]),
  );
  return {...report, host: 'fw01'};
}

const viewOf = (host: ProbedHost): ProbeView => ({
  host,
  conclusions: conclude(host.matrix),
  differences: compareWithExpected(host.matrix),
  expectedSource: EXPECTED_SOURCE,
});

test('the matrix shows a mark a cell, a legend, a sentence a mode, and says that it is a model', async () => {
  const text = renderProbeMatrix(viewOf(await probed()), plain);

  const row = (name: string): string =>
    text.split('\n').find((line) => line.startsWith(name)) ?? '';
  const marks = (name: string): string[] => row(name).slice(name.length).trim().split(/ {2,}/);
  expect(text).toContain('A MODEL of the kernel');
  expect(marks('no fork')).toEqual(['✓', '✓', '✓', '✓', '✓', '✓']);
  expect(marks('helper forked, stays')).toEqual(['✓', '✗ 3 o', '✗ 3 o', '✓ o', '✓', '✓']);
  expect(marks('the child captures')).toEqual(['✓', '✗ 3 o', '✗ 3 o', '✓ o', '☠ 2 o', '✗ 2 o']);
  expect(marks('daemonize after open')).toEqual(['✓', '✓', '✓', '✓', '☠ 2', '✗ 2']);
  expect(text).toContain('✗ n stalled');
  expect(text).toContain('☠ n crashed');
  expect(text).toContain('zero-copy: safe for programs that fork: SHARE only');
  expect(text).toContain('As expected (measured on FreeBSD 13.2-RELEASE');
  expect(text).not.toContain('\u001b');
});

test('it fits an 80-column terminal, and colours are colours only', async () => {
  const view = viewOf(await probed());

  const narrow = renderProbeMatrix(view, {...plain, width: 80});
  const uncoloured = renderProbeMatrix(view, {...plain, colour: true}).replace(
    /\u001b\[[0-9;]*m/g,
    '',
  );

  for (const line of narrow.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  expect(uncoloured).toBe(renderProbeMatrix(view, plain));
});

test('a kernel that does something else is told apart, with what was expected', async () => {
  const host = await probed(['--only', 'zbuf/share']);
  const stalled: readonly ProbeCell[] = host.matrix.map((cell) =>
    cell.scenario === 'exec' ? {...cell, verdict: 'stalled', stalledAtRound: 4} : cell,
  );
  const changed = {...host, model: false, matrix: stalled};

  const text = renderProbeMatrix(
    {...viewOf(changed), differences: compareWithExpected(stalled, {complete: false})},
    plain,
  );

  expect(text).toContain('measured on its kernel');
  expect(text).toContain('Not as expected in 2 points');
  expect(text).toContain('zbuf share, fork, exec at once: verdict stalled, expected delivered');
  expect(text).toContain('. not run');
  expect(text).toContain('buffered: not known');
});

test('a host without a result shows why, and nothing it says can act on the terminal', () => {
  const host: ProbedHost = {
    host: 'fw\u001b[2J01',
    kernel: '15.1\u202e',
    machine: 'amd64\n',
    model: false,
    interface: 'lo0',
    zerocopyBefore: 0,
    zerocopyAfter: 0,
    elapsedMilliseconds: 1,
    error: {code: 'zerocopy-off'},
    matrix: [],
  };

  const text = renderProbeMatrix(
    {
      host,
      conclusions: [],
      expectedSource: '',
      problem: {message: 'it is\u0007 off', fix: 'Add --allow-enable.'},
    },
    plain,
  );

  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(text.trimEnd().split('\n')).toHaveLength(3);
  expect(text).toContain('Add --allow-enable.');
});

test('benchmarks are a table of medians, and the window is told', async () => {
  const host = await probed(['--only', 'buffer']);
  const text = renderProbeMatrix(
    viewOf({
      ...host,
      enableWindow: {times: 3, longestMicroseconds: 12, totalMicroseconds: 20},
      bench: [
        {
          mode: 'zbuf',
          packetBytes: 64,
          bufferBytes: 32768,
          runs: [],
          median: {packetsPerSecond: 123456, cpuMicroseconds: 6500, systemCalls: 30, dropped: 7},
        },
        {
          mode: 'buffer',
          packetBytes: 64,
          bufferBytes: 524288,
          runs: [],
          failure: {step: 'open', errno: 2},
        },
      ],
    }),
    plain,
  );

  expect(text).toMatch(/zbuf +64 B +32 KiB +123456 +6\.5 +30 +7/);
  expect(text).toMatch(/buffer +64 B +512 KiB +failed: open/);
  expect(text).toContain('set 3 times, for 12 µs at most');
});
