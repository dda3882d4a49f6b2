/** So many hosts, or so many in a hundred of those a plan is about. */
export type Share =
  | {readonly unit: 'hosts'; readonly count: number}
  | {readonly unit: 'percent'; readonly percent: number};

/** Reads `5` or `25%`; undefined when it is neither. */
export function parseShare(text: string): Share | undefined {
  const [, digits, sign] = /^(\d{1,6})(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (sign !== '%') return {unit: 'hosts', count: number};
  return number <= 100 ? {unit: 'percent', percent: number} : undefined;
}

/**
 * How many of `total` hosts that is; a part of a host counts as none, so that a limit is never
 * exceeded by rounding.
 */
export const hostsIn = (share: Share, total: number): number =>
  share.unit === 'hosts' ? share.count : Math.floor((total * share.percent) / 100);
