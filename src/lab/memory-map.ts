import type {Mapping} from './machine.js';

/** The smallest mapping taken for a capture buffer: 256 KiB. */
export const SMALLEST_BUFFER_PAGES = 64;

const isPrivateWritable = (m: Mapping): boolean =>
  m.protection.startsWith('rw') && (m.type === 'df' || m.type === 'sw');
const isBuffer = (m: Mapping): boolean =>
  isPrivateWritable(m) && m.resident >= SMALLEST_BUFFER_PAGES && m.flags === '-----';

/**
 * How a mapping looks when a fork made it copy-on-write and nobody wrote to it since: still the
 * original pages.
 */
export const shared = (m: Mapping): Mapping => ({
  ...m,
  flags: `CN-${m.flags.slice(3)}`,
  references: 2,
  privateResident: m.resident,
});

/**
 * The same after this process wrote to it: pages of its own, cut off from whoever has the original.
 */
export const copied = (m: Mapping): Mapping => ({
  ...m,
  flags: `C--${m.flags.slice(3)}`,
  references: 1,
  privateResident: 0,
  shadows: 0,
});

/**
 * The same after a write when nobody else had the original any more: C stays, the pages are the
 * original ones.
 */
export const kept = (m: Mapping): Mapping => ({
  ...m,
  flags: `C--${m.flags.slice(3)}`,
  references: 1,
  privateResident: m.resident,
  shadows: 0,
});

/**
 * A process's map after it forked (facts: fork-truth-table.md). Private writable memory becomes
 * copy-on-write. The reader has written to everything but the buffer it has not acknowledged yet;
 * the helper has written to all but the buffers.
 *
 * @param side `reader` captures and has lost its first buffer; `helper` only shares the pages
 */
export function afterFork(map: readonly Mapping[], side: 'reader' | 'helper'): readonly Mapping[] {
  const buffers = map.filter(isBuffer);
  // Where neighbours are merged (sw, 15.1) the one write made the whole mapping a copy.
  const pending = buffers.filter((m) => m.type === 'df').slice(1);
  const untouched = side === 'helper' ? buffers : pending;
  return map.map((m) => {
    if (!isPrivateWritable(m)) return m;
    if (!untouched.includes(m)) return copied(m);
    return side === 'helper' ? {...shared(m), shadows: 1} : shared(m);
  });
}

/**
 * A daemon that forked after opening and whose parent has gone: all of it inherited, nothing shared
 * any more.
 */
export const afterParentExit = (map: readonly Mapping[]): readonly Mapping[] =>
  map.map((m) => (isBuffer(m) ? kept(m) : isPrivateWritable(m) ? copied(m) : m));

/**
 * The mappings of two zero-copy buffers of so many pages each: apart on 13.2, one merged mapping on
 * 15.1.
 */
export function bufferMappings(
  anonymous: 'df' | 'sw',
  pages: number,
  at: bigint,
): readonly Mapping[] {
  const mapping = (start: bigint, size: number): Mapping => ({
    start: start.toString(16),
    end: (start + BigInt(size) * 4096n).toString(16),
    protection: 'rw-',
    resident: size,
    privateResident: size,
    references: 1,
    shadows: 0,
    flags: '-----',
    type: anonymous,
    path: '',
  });
  if (anonymous === 'sw') return [mapping(at, 2 * pages)];
  return [mapping(at, pages), mapping(at + 0x91c000n, pages)];
}

/** The code of a small object that was loaded besides the program's own libraries. */
export const objectMapping = (path: string, at: bigint): Mapping => ({
  start: at.toString(16),
  end: (at + 0x2000n).toString(16),
  protection: 'r-x',
  resident: 2,
  privateResident: 2,
  references: 2,
  shadows: 1,
  flags: 'CN---',
  type: 'vn',
  path,
});

/** Puts mappings where their addresses belong. */
export function inserted(map: readonly Mapping[], more: readonly Mapping[]): readonly Mapping[] {
  const address = (m: Mapping): bigint => BigInt(`0x${m.start}`);
  return [...map, ...more].sort((a, b) => (address(a) < address(b) ? -1 : 1));
}

/** The same map for another program file (and another libpcap). */
export const renamed = (
  map: readonly Mapping[],
  paths: Readonly<Record<string, string>>,
): readonly Mapping[] => map.map((m) => ({...m, path: paths[m.path] ?? m.path}));
