import type {ExpectedCell, ProbeCell, ProbeCellId, ProbeDifference} from '../model/probe.js';

import {expectedMatrix} from './expected-matrix.js';

type Shown = string | number | boolean | readonly number[] | undefined;

export const cellKey = ({mode, inherit, scenario}: ProbeCellId): string =>
  `${mode}/${inherit}/${scenario}`;

/**
 * Where a matrix is not what FreeBSD's kernels were seen to do. Cells that were not asked for count
 * as missing only with `complete`. An empty list from a complete matrix means: this kernel behaves
 * as known.
 */
export function compareWithExpected(
  matrix: readonly ProbeCell[],
  options: {readonly complete: boolean} = {complete: true},
): readonly ProbeDifference[] {
  const found = new Map(matrix.map((cell) => [cellKey(cell), cell]));
  return expectedMatrix.flatMap((expected) => {
    const cell = found.get(cellKey(expected));
    if (cell !== undefined) return differences(expected, cell);
    return options.complete ? [difference(expected, 'missing', expected.verdict, 'not run')] : [];
  });
}

function differences(expected: ExpectedCell, cell: ProbeCell): readonly ProbeDifference[] {
  const list: ProbeDifference[] = [];
  const compare = (what: ProbeDifference['what'], wanted: Shown, got: Shown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(got))
      list.push(difference(expected, what, show(wanted), show(got)));
  };
  compare('verdict', expected.verdict, cell.verdict);
  compare('stalledAtRound', expected.stalledAtRound, cell.stalledAtRound);
  compare('crashedAtRound', expected.crashedAtRound, cell.crashedAtRound);
  compare('exposed', expected.exposed, cell.exposed);
  compare('parent', packets(expected.parent, cell.sent), cell.parent);
  compare('child', packets(expected.child, cell.sent), cell.child);
  return list;
}

const packets = (shares: readonly number[], sent: readonly number[]): readonly number[] =>
  shares.map((share, i) => share * (sent[i] ?? 0));

const show = (value: Shown): string => {
  if (value === undefined) return 'never';
  return typeof value === 'object' ? value.join(' ') : String(value);
};

const difference = (
  {mode, inherit, scenario, basis}: ExpectedCell,
  what: ProbeDifference['what'],
  expected: string,
  found: string,
): ProbeDifference => ({mode, inherit, scenario, what, expected, found, basis});
