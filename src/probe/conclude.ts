import type {ProbeCell, ProbeConclusion, ProbeInherit, ProbeMode} from '../model/probe.js';
import {PROBE_INHERITS, PROBE_MODES, PROBE_SCENARIOS} from '../model/probe.js';

const NAMES: Readonly<Record<ProbeMode, string>> = {buffer: 'buffered', zbuf: 'zero-copy'};
const WAYS: Readonly<Record<ProbeInherit, string>> = {
  default: 'the default',
  copy: 'COPY',
  share: 'SHARE',
  none: 'NONE',
  zero: 'ZERO',
};

/** One sentence a mode. A mode of which a cell is missing or unsupported is unknown, never safe. */
export function conclude(matrix: readonly ProbeCell[]): readonly ProbeConclusion[] {
  return PROBE_MODES.map((mode) =>
    concludeMode(
      mode,
      matrix.filter((cell) => cell.mode === mode),
    ),
  );
}

function concludeMode(mode: ProbeMode, cells: readonly ProbeCell[]): ProbeConclusion {
  const name = NAMES[mode];
  const ways = mode === 'buffer' ? (['default'] as const) : PROBE_INHERITS;
  const of = (inherit: ProbeInherit): readonly ProbeCell[] =>
    cells.filter((c) => c.inherit === inherit);

  const unforked = cells.filter((cell) => cell.scenario === 'no-fork');
  if (unforked.some(({verdict}) => verdict === 'stalled' || verdict === 'crashed')) {
    return {
      mode,
      safeForForks: 'no',
      safeInherits: [],
      sentence: `${name}: loses packets even in a program that does not fork`,
    };
  }

  const safeInherits = ways.filter((way) => isSafe(of(way)));
  if (safeInherits.length > 0) {
    const all = safeInherits.length === ways.length;
    const only = safeInherits.length === 1 ? ' only' : '';
    const which = safeInherits.map((way) => WAYS[way]).join(', ');
    return {
      mode,
      safeForForks: 'yes',
      safeInherits,
      sentence: `${name}: safe for programs that fork${all ? '' : `: ${which}${only}`}${reservation(safeInherits.flatMap(of))}`,
    };
  }

  if (ways.some((way) => isUndecided(of(way)))) {
    return {
      mode,
      safeForForks: 'unknown',
      safeInherits,
      sentence: `${name}: not known, cells are missing`,
    };
  }
  return {
    mode,
    safeForForks: 'no',
    safeInherits,
    sentence: `${name}: not safe for programs that fork, whatever is done about inheritance`,
  };
}

const isSafe = (cells: readonly ProbeCell[]): boolean =>
  PROBE_SCENARIOS.every((scenario) =>
    cells.some((cell) => cell.scenario === scenario && cell.verdict === 'delivered'),
  );

/** Could still turn out safe: nothing was lost, but not everything was seen. */
const isUndecided = (cells: readonly ProbeCell[]): boolean =>
  !cells.some(({verdict}) => verdict === 'stalled' || verdict === 'crashed');

const reservation = (cells: readonly ProbeCell[]): string =>
  cells.some((cell) => cell.exposed) ? '; the other process can read the packets' : '';
