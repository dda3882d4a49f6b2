import type {ChangePolicy, WindowRange} from '../model/change-policy.js';
import {DEFAULT_PROBE_AGE} from '../model/change-policy.js';
import type {Policy} from '../model/policy.js';

import {parseWindowRange} from './window-range.js';

const UNIT = {h: 3600, d: 86_400, w: 604_800} as const;

/** Seconds of an age like 30d, 12h or 2w; undefined: it is none. */
export function secondsOfAge(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNIT[unit as keyof typeof UNIT];
}

/** What a policy says of changes; each value was checked where its line is known. */
export const changePolicyOf = ({
  disable = [],
  keep = [],
  rc = {},
  modes = {},
  preload = [],
  window = [],
  probeAge,
}: Policy): ChangePolicy => ({
  disable: unique(disable),
  keep: unique(keep),
  rc,
  modes,
  preload: unique(preload),
  window: [window].flat().flatMap(rangeOf),
  probeAge: (probeAge === undefined ? undefined : secondsOfAge(probeAge)) ?? DEFAULT_PROBE_AGE,
});

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

function rangeOf(text: string): readonly WindowRange[] {
  const range = parseWindowRange(text);
  return range.ok ? [range.value] : [];
}
