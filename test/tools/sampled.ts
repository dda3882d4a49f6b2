import {createHash} from 'node:crypto';

/**
 * Enumerations try every point where something can happen. All of them take an hour of two cores,
 * so `npm test` tries one in SHARE: always the same ones, spread evenly, and at least one of each
 * kind. `npm run test:every` (ZBUFCTL_TEST_EVERY=1) tries all.
 */
export const EVERY = process.env['ZBUFCTL_TEST_EVERY'] === '1';

/** A number that is as good as drawn, and the same on every machine. */
const lot = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE();

/**
 * @param share one in how many is tried
 * @param nameOf tells the points apart; they may change without moving the choice of the others
 * @param kindOf of each kind at least one is tried
 */
export function sampled<T>(
  points: readonly T[],
  share: number,
  nameOf: (point: T) => string,
  kindOf: (point: T) => string = () => '',
): readonly T[] {
  if (EVERY) return points;
  const left = new Set(points.map(kindOf));
  const byLot = points.map((point, at) => ({point, at, lot: lot(nameOf(point))}));
  byLot.sort((a, b) => a.lot - b.lot);
  const chosen = byLot.filter(({point}, place) => {
    const isFirst = left.delete(kindOf(point));
    return isFirst || place < Math.ceil(points.length / share);
  });
  return chosen.sort((a, b) => a.at - b.at).map(({point}) => point);
}

/** One in `share` rows of a table whose rows are alike. */
export const someOf = <T>(rows: readonly T[], share: number): T[] => [
  ...sampled(rows, share, (row) => JSON.stringify(row)),
];

/** How many of how many were tried, for the figures a test prints. */
export const ofAll = (tried: readonly unknown[], points: readonly unknown[]): string =>
  `${tried.length} of ${points.length}${EVERY ? '' : ' (all: npm run test:every)'}`;

/** How often a property is tried: a fifth, unless everything is. */
export const often = (runs: number): number => (EVERY ? runs : Math.ceil(runs / 5));
