import type {Mapping} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {oncePer} from '../../text/once-per.js';

/**
 * What a memory map says about where a capture's two buffers can be, given that a fork turns every
 * private writable mapping copy-on-write (facts: fork-truth-table.md, last part; it holds on 13.2,
 * where anonymous memory is `df` and each buffer its own mapping, and on 15.1, where it is `sw` and
 * neighbours are merged).
 *
 * - `private`: nothing that could hold both buffers was inherited: no fork since they were mapped.
 * - `cut-off`: they can only be in mappings that were copied (C, nothing of the original left: PRES
 *   0) or are still shared with another process and will be copied at the next write (CN, REF 2 and
 *   more).
 * - `kept`: they can only be in inherited mappings, but an original that nobody shares any more is
 *   among them: a parent that exited (daemon(3) after the open) leaves it so, and the capture lives
 *   *(reading)*.
 * - `mixed`: they can be in inherited mappings or in others.
 * - `unreadable`: no map, or one in which nothing can hold a buffer.
 *
 * `assumed` says that the answer leans on the buffer size libpcap asks for, not on bytes that were
 * seen.
 */
export type Inheritance =
  | {readonly kind: 'private' | 'cut-off' | 'kept' | 'mixed'; readonly assumed: boolean}
  | {readonly kind: 'unreadable'; readonly why: string};

/** Types of anonymous memory: df on 13.2, sw on 15.1. Untouched memory (--) holds nothing. */
const ANONYMOUS = new Set(['df', 'sw']);

/**
 * @param least bytes the kernel was seen to keep in one buffer: a buffer is not smaller than that
 * @param assumed bytes a buffer of this program is likely to have; undefined: no idea
 */
export function inheritance(
  map: Reading<readonly Mapping[]>,
  least: number,
  assumed: number | undefined,
): Inheritance {
  if (map.state === 'absent') return {kind: 'unreadable', why: 'the process was gone'};
  if (map.state === 'unreadable') return {kind: 'unreadable', why: map.why};
  const seen = place(map.value, pagesOf(least));
  if (seen === undefined)
    return {kind: 'unreadable', why: 'nothing in it is large enough for the buffers'};
  if (seen !== 'mixed' || assumed === undefined) return {kind: seen, assumed: false};
  return {kind: place(map.value, pagesOf(assumed)) ?? 'mixed', assumed: true};
}

/** Where two buffers of so many pages each fit; undefined: nowhere. */
function place(
  map: readonly Mapping[],
  pages: number,
): 'private' | 'cut-off' | 'kept' | 'mixed' | undefined {
  const rooms = roomsOf(map);
  const [fresh, kept, cut] = [rooms.fresh(pages), rooms.kept(pages), rooms.cut(pages)];
  const fits = (resident: number): boolean => resident >= 2 * pages;
  if (fits(fresh)) return fits(kept + cut) ? 'mixed' : 'private';
  if (!fits(kept + cut)) return fresh + kept + cut === 0 ? undefined : 'mixed';
  if (!fits(kept)) return 'cut-off';
  return fits(cut) ? 'mixed' : 'kept';
}

/** Resident pages of the mappings in which a buffer of so many pages can lie. */
type Room = (pages: number) => number;
type Rooms = Readonly<Record<'fresh' | 'kept' | 'cut', Room>>;

/** A process with many captures has one map, which is sorted once. */
const roomsOf = oncePer((map: readonly Mapping[]): Rooms => {
  const holding = map.filter(canHoldBuffers);
  const inherited = holding.filter((m) => m.flags.startsWith('C'));
  return {
    fresh: roomIn(holding.filter((m) => !m.flags.startsWith('C'))),
    kept: roomIn(inherited.filter(isKept)),
    cut: roomIn(inherited.filter((m) => !isKept(m))),
  };
});

function roomIn(mappings: readonly Mapping[]): Room {
  const sizes = mappings.map((m) => m.resident).sort((a, b) => b - a);
  const sums = sizes.map(
    (
      (sum) => (size) =>
        (sum += size)
    )(0),
  );
  return (pages) => {
    let [low, high] = [0, sizes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sizes[middle] ?? 0) >= pages) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (sums[low - 1] ?? 0);
  };
}

/**
 * BPF wires the buffers' pages, so a mapping that holds one has them resident; a stack (D) is never
 * mmap'ed.
 */
const canHoldBuffers = (m: Mapping): boolean =>
  ANONYMOUS.has(m.type) && m.protection.startsWith('rw') && !m.flags.includes('D');

/** The original object, and nobody shares it any more: a write copies nothing. */
const isKept = (m: Mapping): boolean =>
  m.flags[1] === 'N' ? m.refCount <= 1 : m.privateResident > 0;

/** Pages of 4096 bytes: a buffer begins with a header of 32 bytes (struct bpf_zbuf_header). */
const pagesOf = (bytes: number): number => Math.max(1, Math.ceil((bytes + 32) / 4096));
