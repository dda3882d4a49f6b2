import type {
  BenchResult,
  ProbeCell,
  ProbeConclusion,
  ProbedHost,
  ProbeDifference,
  ProbeInherit,
  ProbeMode,
  ProbeScenario,
} from '../../model/probe.js';
import {PROBE_ROWS, PROBE_SCENARIOS} from '../../model/probe.js';
import {sanitize} from '../../text/sanitize.js';

import type {Cell} from '../terminal/grid.js';
import {grid} from '../terminal/grid.js';
import {plural} from '../terminal/page.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {hang, wrap} from '../terminal/wrap.js';

/**
 * One host's matrix with what was made of it; the caller has concluded and compared (src/probe).
 */
export interface ProbeView {
  readonly host: ProbedHost;
  readonly conclusions: readonly ProbeConclusion[];
  /** Undefined: not compared. */
  readonly differences?: readonly ProbeDifference[];
  /** Where the expectation comes from. */
  readonly expectedSource: string;
  /** What went wrong, in words, when the host's entry has an error. */
  readonly problem?: {readonly message: string; readonly fix: string; readonly detail?: string};
}

const SCENARIO_WORDS: Readonly<Record<ProbeScenario, string>> = {
  'no-fork': 'no fork',
  'helper-alive': 'helper forked, stays',
  'helper-exits': 'helper forked, exits first',
  'child-captures': 'the child captures',
  'both-capture': 'both capture',
  exec: 'fork, exec at once',
  'exec-late': 'fork, exec later',
  daemonize: 'daemonize after open',
  spawn: 'posix_spawn, vfork',
};

/**
 * The matrix, a legend, one sentence a mode, and whether the kernel does what kernels do. Ends in a
 * newline.
 */
export function renderProbeMatrix(view: ProbeView, options: RenderOptions): string {
  const lines = [
    ...heading(view, options),
    ...problemLines(view, options),
    ...matrixLines(view.host.matrix, options),
    ...conclusionLines(view, options),
    ...windowLine(view.host, options),
    ...benchLines(view.host.bench ?? [], options),
  ];
  return `${lines.join('\n')}\n`;
}

function heading({host, problem}: ProbeView, options: RenderOptions): readonly string[] {
  const paint = painter(options.colour);
  const clean = (text: string): string => sanitize(text, {limit: 100});
  const what = [host.kernel, host.machine].map(clean).filter((word) => word !== '');
  const name = clean(host.host) + (host.practice === true ? ' (practice)' : '');
  const title = [name, ...(what.length === 0 ? [] : [what.join(' ')])].join(': ');
  const result = problem !== undefined && host.matrix.length === 0 ? ', not measured' : '';
  if (!host.model && host.practice !== true)
    return [paint('strong', `${title}${result === '' ? ', measured on its kernel' : result}`)];
  return [
    paint('strong', `${title}${result}`),
    ...(host.model ? wrap(MODEL_NOTE, options.width).map((line) => paint('warn', line)) : []),
  ];
}

const MODEL_NOTE =
  'A MODEL of the kernel, not a kernel: it shows what the probe does and proves nothing about a host.';

function problemLines({problem}: ProbeView, options: RenderOptions): readonly string[] {
  if (problem === undefined) return [];
  const paint = painter(options.colour);
  return [
    ...wrap(sanitize(problem.message), options.width).map((line) => paint('bad', line)),
    ...(options.verbose && problem.detail !== undefined
      ? hang('  ', sanitize(problem.detail), options.width)
      : []),
    ...hang('  ', sanitize(problem.fix), options.width),
  ];
}

function matrixLines(matrix: readonly ProbeCell[], options: RenderOptions): readonly string[] {
  if (matrix.length === 0) return [];
  const head = [
    '',
    ...PROBE_ROWS.map(({mode, inherit}) => (mode === 'buffer' ? 'buffered' : inheritWord(inherit))),
  ];
  const rows = PROBE_SCENARIOS.map((scenario): readonly Cell[] => [
    {text: SCENARIO_WORDS[scenario]},
    ...PROBE_ROWS.map(({mode, inherit}) =>
      mark(matrix.find((cell) => isCell(cell, mode, inherit, scenario))),
    ),
  ]);
  const paint = painter(options.colour);
  return [
    '',
    ...grid(
      head.map((title) => ({title, share: 1})),
      rows,
      options.width,
      paint,
    ),
    '',
    ...legend(matrix).flatMap((text) => hang('  ', text, options.width)),
  ];
}

const inheritWord = (inherit: ProbeInherit): string =>
  inherit === 'default' ? 'default' : inherit.toUpperCase();

const isCell = (
  cell: ProbeCell,
  mode: ProbeMode,
  inherit: ProbeInherit,
  scenario: ProbeScenario,
): boolean => cell.mode === mode && cell.inherit === inherit && cell.scenario === scenario;

function mark(cell: ProbeCell | undefined): Cell {
  if (cell === undefined) return {text: '.', tone: 'dim'};
  const [text, tone] = verdictMark(cell);
  return {text: cell.exposed ? `${text} o` : text, tone};
}

function verdictMark(cell: ProbeCell): readonly [text: string, tone: Tone] {
  switch (cell.verdict) {
    case 'delivered':
      return ['✓', 'good'];
    case 'stalled':
      return [`✗ ${cell.stalledAtRound ?? '?'}`, 'bad'];
    case 'crashed':
      return [`☠ ${cell.crashedAtRound ?? '?'}`, 'bad'];
    case 'unsupported':
      return ['-', 'doubt'];
  }
}

/** Only what the matrix shows. */
function legend(matrix: readonly ProbeCell[]): readonly string[] {
  const has = (test: (cell: ProbeCell) => boolean): boolean => matrix.some(test);
  return [
    'default, COPY, SHARE, NONE, ZERO: zero-copy, with buffers inherited as minherit(2) was told (default: not called)',
    ...(has((c) => c.verdict === 'delivered')
      ? ['✓ delivered: every packet was seen by a process that captures']
      : []),
    ...(has((c) => c.verdict === 'stalled')
      ? ['✗ n stalled: packets missing from round n on (the fork is before round 2)']
      : []),
    ...(has((c) => c.verdict === 'crashed') ? ['☠ n crashed: a process died in round n'] : []),
    ...(has((c) => c.verdict === 'unsupported') ? ['- unsupported: could not be tried'] : []),
    ...(has((c) => c.exposed)
      ? ['o exposed: the process that does not capture can read the packets']
      : []),
    ...(matrix.length < PROBE_ROWS.length * PROBE_SCENARIOS.length ? ['. not run'] : []),
  ];
}

function conclusionLines(view: ProbeView, options: RenderOptions): readonly string[] {
  if (view.host.matrix.length === 0) return [];
  const paint = painter(options.colour);
  const tones = {yes: 'good', no: 'bad', unknown: 'doubt'} as const;
  return [
    '',
    ...view.conclusions.flatMap(({sentence, safeForForks}) =>
      hang('', sentence, options.width).map((line) => paint(tones[safeForForks], line)),
    ),
    ...comparison(view, options),
  ];
}

function comparison(
  {differences, expectedSource}: ProbeView,
  options: RenderOptions,
): readonly string[] {
  if (differences === undefined) return [];
  if (differences.length === 0) return hang('', `As expected (${expectedSource}).`, options.width);
  const paint = painter(options.colour);
  const shown = options.verbose ? differences : differences.slice(0, 5);
  return [
    paint('bad', `Not as expected in ${plural(differences.length, 'point')} (${expectedSource}):`),
    ...shown.flatMap(({mode, inherit, scenario, what, expected, found}) =>
      hang(
        '  ',
        `${mode} ${inherit}, ${SCENARIO_WORDS[scenario]}: ${what} ${sanitize(found)}, expected ${sanitize(expected)}`,
        options.width,
      ),
    ),
    ...(shown.length < differences.length
      ? [`  and ${differences.length - shown.length} more (-v shows all)`]
      : []),
  ];
}

function windowLine(
  {enableWindow, zerocopyBefore, zerocopyAfter}: ProbedHost,
  options: RenderOptions,
): readonly string[] {
  if (enableWindow === undefined) return [];
  const {times, longestMicroseconds} = enableWindow;
  return hang(
    '',
    `net.bpf.zerocopy_enable was set ${plural(times, 'time')}, for ${longestMicroseconds} µs at most; it was ${zerocopyBefore ?? 'not read'} before and is ${zerocopyAfter ?? 'not read'} now.`,
    options.width,
  );
}

function benchLines(bench: readonly BenchResult[], options: RenderOptions): readonly string[] {
  if (bench.length === 0) return [];
  const head = ['mode', 'packet', 'buffer', 'packets/s', 'CPU ms', 'calls', 'dropped'];
  const rows = bench.map(({mode, packetBytes, bufferBytes, median, failure}): readonly Cell[] => [
    {text: mode},
    {text: `${packetBytes} B`},
    {text: `${bufferBytes / 1024} KiB`},
    ...(median === undefined
      ? [
          {
            text: failure === undefined ? 'not run' : `failed: ${failure.step}`,
            tone: 'doubt' as const,
          },
        ]
      : [
          {text: String(median.packetsPerSecond)},
          {text: (median.cpuMicroseconds / 1000).toFixed(1)},
          {text: String(median.systemCalls)},
          {text: String(median.dropped)},
        ]),
  ]);
  return [
    '',
    ...wrap(
      'Benchmark, medians; CPU and system calls are those of the process that reads:',
      options.width,
    ),
    ...grid(
      head.map((title) => ({title, share: 1})),
      rows,
      options.width,
      painter(options.colour),
    ),
  ];
}
