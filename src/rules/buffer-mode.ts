import type {Evidence} from '../model/evidence.js';
import type {Capture} from './capture.js';
import {libpcapInUse} from './libpcap-in-use.js';

/**
 * In which mode a descriptor is, as far as it was observed.
 *
 * - `buffer`, `zbuf`: the kernel said so (net.bpf.stats through the helper).
 * - `read`: bytes went through the file offset. read(2) does that, and a zero-copy descriptor refuses read(2) with
 *   EINVAL (facts: fork-truth-table.md); a program that also writes packets moves the offset, too, so this is strong
 *   but not proof.
 * - `cannot`: the libpcap the process has loaded cannot ask for zero-copy.
 * - `open`: nothing seen speaks against zero-copy.
 */
export type Mode = 'buffer' | 'zbuf' | 'read' | 'cannot' | 'open';

export function bufferMode(evidence: Evidence, capture: Capture): Mode {
  const {stats} = capture;
  if (stats.state === 'read' && stats.value.mode !== 'unknown') return stats.value.mode;
  const offsets = capture.holders.map((holder) => holder.offset);
  if (offsets.length > 0 && offsets.every((o) => o.state === 'read' && o.value > 0)) return 'read';
  return libpcapInUse(evidence, capture.pid).can === 'no' ? 'cannot' : 'open';
}
