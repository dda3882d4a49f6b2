import type {Posture} from '../../model/finding.js';
import type {BenchPoint, ProbeCell, Report, TrendPoint} from '../../model/report.js';
import {URGENCY} from '../findings/audit-view.js';
import {safeName} from '../findings/finding-text.js';
import {timeText} from '../findings/report-view.js';

/**
 * Charts as geometry and words; templates/report draws them as SVG. Units are those of each chart's
 * viewBox.
 */

export interface Segment {
  readonly posture: Posture;
  readonly count: number;
  readonly at: number;
  readonly length: number;
}

/** Shares of a whole side by side; what is there at all can be seen, however small. */
export function segments(totals: Report['totals'], length: number): readonly Segment[] {
  const present = URGENCY.flatMap((posture) => {
    const count = totals[posture] ?? 0;
    return count === 0 ? [] : [{posture, count}];
  });
  const sum = present.reduce((n, {count}) => n + count, 0);
  const least = Math.min(2, length / Math.max(1, present.length));
  const raw = present.map(({count}) => Math.max(least, (count / sum) * length));
  const scale = length / raw.reduce((a, b) => a + b, 0);
  let at = 0;
  return present.map(({posture, count}, i) => {
    const own = (raw[i] ?? 0) * scale;
    const segment = {posture, count, at: round(at), length: round(own)};
    at += own;
    return segment;
  });
}

/** Two decimals: enough for a screen, and the same on every machine. */
const round = (n: number): number => Math.round(n * 100) / 100;

export interface TrendChart {
  readonly width: number;
  readonly height: number;
  readonly bars: readonly {
    readonly x: number;
    readonly width: number;
    readonly label: string;
    readonly title: string;
    readonly showLabel: boolean;
    readonly segments: readonly (Segment & {readonly y: number})[];
  }[];
  readonly ticks: readonly {readonly y: number; readonly label: string}[];
  readonly left: number;
  readonly bottom: number;
  readonly earlier: number;
  /** Postures that are drawn, most urgent first: of any run shown, whatever the newest has. */
  readonly legend: readonly Posture[];
}

const TREND = {
  width: 740,
  height: 220,
  left: 44,
  right: 20,
  top: 10,
  bottom: 190,
  most: 40,
} as const;

/** Hosts by posture, a stacked bar a run; the latest runs when there are more than fit. */
export function trendChart(points: readonly TrendPoint[]): TrendChart {
  const shown = points.slice(-TREND.most);
  const sums = shown.map(({totals}) => Object.values(totals).reduce((a, b) => a + b, 0));
  const top = niceCeiling(Math.max(1, ...sums));
  const room = (TREND.width - TREND.left - TREND.right) / Math.max(1, shown.length);
  const full = TREND.bottom - TREND.top;
  const width = Math.min(48, room * 0.7);
  const every = Math.ceil(shown.length / 8);
  const label = labelsOf(shown.map(({at}) => timeText(at)));
  return {
    ...TREND,
    legend: URGENCY.filter((posture) => shown.some(({totals}) => (totals[posture] ?? 0) > 0)),
    earlier: points.length - shown.length,
    bars: shown.map(({run, at, totals}, i) => {
      const height = ((sums[i] ?? 0) / top) * full;
      const parts = segments(totals, height).map((s) => ({
        ...s,
        y: round(TREND.bottom - s.at - s.length),
      }));
      const words = parts.map((s) => `${s.count} ${s.posture}`).join(', ');
      return {
        x: round(TREND.left + i * room + (room - width) / 2),
        width: round(width),
        label: label(timeText(at)),
        title: `${safeName(run)}, ${timeText(at)}: ${words}`,
        showLabel: i % every === 0,
        segments: parts,
      };
    }),
    ticks: [0, top / 2, top].map((value) => ({
      y: round(TREND.bottom - (value / top) * full),
      label: String(value),
    })),
  };
}

/** A day; where a day is there more than once, its runs are told apart by the time of day. */
function labelsOf(times: readonly string[]): (time: string) => string {
  const days = times.map((time) => time.slice(0, 10));
  return (time) => {
    const day = time.slice(0, 10);
    return days.filter((d) => d === day).length > 1 ? time.slice(5, 16) : day;
  };
}

/**
 * The next number of the form 1, 2, 5 or 10 times a power of ten, and even, so that half of it is
 * whole.
 */
function niceCeiling(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  const nice = [1, 2, 5, 10].map((f) => f * power).find((candidate) => candidate >= n) ?? n;
  return nice % 2 === 0 ? nice : nice * 2;
}

export interface MatrixChart {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly {readonly x: number; readonly label: string}[];
  readonly rows: readonly {
    readonly y: number;
    readonly label: string;
    readonly cells: readonly {
      readonly x: number;
      readonly sign: string;
      readonly verdict: string;
      readonly title: string;
    }[];
  }[];
}

const CELL = {width: 64, height: 30, left: 120, top: 92} as const;

/** Mode and inheritance down, scenario across, in the order the probe reports them. */
export function matrixChart(cells: readonly ProbeCell[]): MatrixChart {
  const scenarios = [...new Set(cells.map((cell) => cell.scenario))];
  const rows = [...new Set(cells.map(rowName))];
  const byPlace = new Map(cells.map((cell) => [`${rowName(cell)} ${cell.scenario}`, cell]));
  const x = (i: number): number => CELL.left + i * CELL.width;
  return {
    width: CELL.left + scenarios.length * CELL.width + 70,
    height: CELL.top + rows.length * CELL.height + 8,
    columns: scenarios.map((label, i) => ({x: x(i) + CELL.width / 2, label: safeName(label)})),
    rows: rows.map((row, r) => ({
      y: CELL.top + r * CELL.height,
      label: safeName(row),
      cells: scenarios.flatMap((scenario, i) => {
        const cell = byPlace.get(`${row} ${scenario}`);
        return cell === undefined ? [] : [{x: x(i), ...cellWords(cell)}];
      }),
    })),
  };
}

const rowName = ({mode, inherit}: ProbeCell): string =>
  mode === 'buffer' ? mode : `${mode} ${inherit}`;

const SIGNS: Readonly<Record<ProbeCell['verdict'], string>> = {
  delivered: '✓',
  stalled: '✗',
  crashed: '☠',
  unsupported: '–',
};

function cellWords(cell: ProbeCell): {
  readonly sign: string;
  readonly verdict: string;
  readonly title: string;
} {
  const round = cell.stalledAtRound === undefined ? '' : ` ${cell.stalledAtRound}`;
  const when = cell.stalledAtRound === undefined ? '' : ` in round ${cell.stalledAtRound}`;
  const exposed = cell.exposed ? ', readable by the other process' : '';
  return {
    sign: `${SIGNS[cell.verdict]}${round}${cell.exposed ? ' ●' : ''}`,
    verdict: cell.verdict,
    title: safeName(`${rowName(cell)}, ${cell.scenario}: ${cell.verdict}${when}${exposed}`),
  };
}

export interface BenchChart {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly bars: readonly {
    readonly y: number;
    readonly length: number;
    readonly mode: string;
    readonly label: string;
    readonly value: string;
  }[];
}

const BENCH = {left: 290, longest: 360, bar: 22, gap: 6, width: 860} as const;

/** Packets a second, a bar a mode, at each packet and buffer size. */
export function benchChart(points: readonly BenchPoint[]): BenchChart {
  const most = Math.max(1, ...points.map((p) => p.packetsPerSecond));
  return {
    width: BENCH.width,
    left: BENCH.left,
    height: points.length * (BENCH.bar + BENCH.gap) + BENCH.gap,
    bars: points.map((p, i) => ({
      y: BENCH.gap + i * (BENCH.bar + BENCH.gap),
      length: round((p.packetsPerSecond / most) * BENCH.longest),
      mode: safeName(p.mode),
      label: `${safeName(p.mode)}, ${p.packetSize} B packets, ${p.bufferSize / 1024} KiB buffer`,
      value: `${Math.round(p.packetsPerSecond).toLocaleString('en')} packets/s, ${(p.dropped * 100).toFixed(1)} % dropped`,
    })),
  };
}
