import type {Evidence} from '../../model/evidence.js';
import type {Capture} from './capture.js';
import {relatedHolders} from './capture.js';
import {indexOf} from './evidence-index.js';
import {libpcapInUse} from './libpcap-in-use.js';
import {perProcess} from './per-process.js';

/**
 * In which mode a descriptor is, as far as it was observed.
 *
 * - `buffer`, `zbuf`: the kernel said so (net.bpf.stats through the helper).
 * - `read`: bytes went through the file offset. read(2) does that, and a zero-copy descriptor
 *   refuses read(2) with EINVAL (facts: fork-truth-table.md); a program that also writes packets
 *   moves the offset, too, so this is strong but not proof.
 * - `cannot`: the libpcap the process has loaded cannot ask for zero-copy.
 * - `open`: nothing seen speaks against zero-copy.
 */
export type Mode = 'buffer' | 'zbuf' | 'read' | 'cannot' | 'open';

export function bufferMode(evidence: Evidence, capture: Capture): Mode {
  const {stats} = capture;
  if (stats.state === 'read' && stats.value.mode !== 'unknown') return stats.value.mode;
  if (allRead(evidence, capture.pid)) return 'read';
  return libpcapInUse(evidence, capture.pid).can === 'no' ? 'cannot' : 'open';
}

/** Of every handle the capture can be one of. */
const allRead = perProcess((evidence, pid) => {
  const {holders} = indexOf(evidence);
  const pids = relatedHolders(evidence, pid);
  return pids.length > 0 && pids.every((holder) => holders.get(holder)?.allRead === true);
});
