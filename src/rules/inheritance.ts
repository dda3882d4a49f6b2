import type {Mapping} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';

/**
 * What a memory map says about where a capture's two buffers can be, given that a fork turns every private writable
 * mapping copy-on-write (facts: fork-truth-table.md, last part; it holds on 13.2, where anonymous memory is `df` and
 * each buffer its own mapping, and on 15.1, where it is `sw` and neighbours are merged).
 *
 * - `private`: nothing that could hold both buffers was inherited: no fork since they were mapped.
 * - `cut-off`: they can only be in mappings that were copied (C, nothing of the original left: PRES 0) or are still
 *   shared with another process and will be copied at the next write (CN, REF 2 and more).
 * - `kept`: they can only be in inherited mappings, but an original that nobody shares any more is among them: a
 *   parent that exited (daemon(3) after the open) leaves it so, and the capture lives *(reading)*.
 * - `mixed`: they can be in inherited mappings or in others.
 * - `unreadable`: no map, or one in which nothing can hold a buffer.
 *
 * `assumed` says that the answer leans on the buffer size libpcap asks for, not on bytes that were seen.
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
  if (seen === undefined) return {kind: 'unreadable', why: 'nothing in it is large enough for the buffers'};
  if (seen !== 'mixed' || assumed === undefined) return {kind: seen, assumed: false};
  return {kind: place(map.value, pagesOf(assumed)) ?? 'mixed', assumed: true};
}

/** Where two buffers of so many pages each fit; undefined: nowhere. */
function place(map: readonly Mapping[], pages: number): 'private' | 'cut-off' | 'kept' | 'mixed' | undefined {
  const roomy = map.filter((m) => canHoldABuffer(m, pages));
  const inherited = roomy.filter((m) => m.flags.startsWith('C'));
  const fresh = roomy.filter((m) => !m.flags.startsWith('C'));
  const fits = (mappings: readonly Mapping[]): boolean =>
    mappings.reduce((sum, m) => sum + m.resident, 0) >= 2 * pages;
  if (fits(fresh)) return fits(inherited) ? 'mixed' : 'private';
  if (!fits(inherited)) return roomy.length === 0 ? undefined : 'mixed';
  const kept = inherited.filter(isKept);
  if (!fits(kept)) return 'cut-off';
  return fits(inherited.filter((m) => !isKept(m))) ? 'mixed' : 'kept';
}

/** BPF wires the buffers' pages, so a mapping that holds one has them resident; a stack (D) is never mmap'ed. */
const canHoldABuffer = (m: Mapping, pages: number): boolean =>
  ANONYMOUS.has(m.type) && m.protection.startsWith('rw') && !m.flags.includes('D') && m.resident >= pages;

/** The original object, and nobody shares it any more: a write copies nothing. */
const isKept = (m: Mapping): boolean => (m.flags[1] === 'N' ? m.refCount <= 1 : m.privateResident > 0);

/** Pages of 4096 bytes: a buffer begins with a header of 32 bytes (struct bpf_zbuf_header). */
const pagesOf = (bytes: number): number => Math.max(1, Math.ceil((bytes + 32) / 4096));
