import {remembering} from '../text/remembering.js';

/** What a libpcap says of itself. */
export interface LibpcapVersion {
  /** e.g. "1.10.6", "1.11.0-PRE-GIT", "1.9.0rc2" */
  readonly name: string;
  /** The numbers, a missing third one as 0. */
  readonly release: Release;
  /** What follows the numbers: "-PRE-GIT", "rc2", ''. */
  readonly suffix: string;
  /** The remark in parentheses says "with ... zerocopy ...". */
  readonly zerocopy: boolean;
}

export type Release = readonly [major: number, minor: number, patch: number];

/** No real version text is near this long; a host may send anything. */
const LIMIT = 4096;

const VERSION =
  /\blibpcap version (\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?([A-Za-z0-9+_-]{0,24})(?![A-Za-z0-9.+_-])/;

/** Finds "libpcap version X (remarks)" in a text of one or more lines. */
export const parseLibpcapVersion = (text: string): LibpcapVersion | undefined =>
  found(text, () => find(text));

/** There are few. */
const found = remembering<LibpcapVersion | undefined>(200);

function find(text: string): LibpcapVersion | undefined {
  for (const line of text.slice(0, LIMIT).split(/\r?\n/)) {
    const match = VERSION.exec(line);
    if (match === null) continue;
    const [whole, major = '', minor = '', patch, suffix = ''] = match;
    const remark = /^\s*\(([^()]*)\)/.exec(line.slice(match.index + whole.length))?.[1] ?? '';
    return {
      name: `${major}.${minor}${patch === undefined ? '' : `.${patch}`}${suffix}`,
      release: [Number(major), Number(minor), Number(patch ?? 0)],
      suffix,
      zerocopy: /\bwith\b[^;]*\bzerocopy\b/.test(remark),
    };
  }
  return undefined;
}

/** Below 0: `a` is older. */
export const compareReleases = (a: Release, b: Release): number =>
  a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
