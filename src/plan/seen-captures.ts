import type {Service} from '../model/service.js';
import type {Reading} from '../model/reading.js';
import {read} from '../model/reading.js';
import {bufferMode} from '../rules/reading/buffer-mode.js';
import {captures} from '../rules/reading/capture.js';
import {indexOf} from '../rules/reading/evidence-index.js';
import {serviceOfProcess} from '../rules/reading/capture-services.js';
import {libpcapInUse} from '../rules/reading/libpcap-in-use.js';
import {stallsOf} from '../rules/zbuf-001-no-capture-is-stalled.js';
import type {Seen} from '../rules/reading/per-scene.js';
import {perScene} from '../rules/reading/per-scene.js';

/**
 * - `stalled`: ZBUF-001 found it cut off from the kernel
 * - `zero-copy`: the kernel said so
 * - `buffered`: it reads with read(2), its libpcap cannot do zero-copy, or the kernel said so
 * - `undecided`: nothing seen rules zero-copy out
 */
export type CaptureState = 'stalled' | 'zero-copy' | 'buffered' | 'undecided';

export interface SeenCapture {
  readonly pid: number;
  readonly command: string;
  readonly interfaceName: string;
  readonly state: CaptureState;
  /** Undefined when no, or more than one, entry of the knowledge base fits. */
  readonly service?: Service;
  /** The jail it runs in; 0: none. Undefined: its process was not seen. */
  readonly jid?: number;
}

/** Every descriptor of the later sample, with what is decided of its mode. */
export const seenCaptures = perScene((scene): Reading<readonly SeenCapture[]> => {
  const {evidence} = scene;
  const all = captures(evidence);
  const later = evidence.samples[1].descriptors;
  if (all.state !== 'read') return all;
  if (later.state !== 'read') return later;
  const stalled = new Set(stallsOf(scene).flatMap((o) => (o.verdict === 'fail' ? [o.pid] : [])));
  const {process} = indexOf(evidence);
  const about = (pid: number, command: string): Pick<SeenCapture, 'service' | 'jid'> => {
    const service = serviceOfProcess(scene, pid, command);
    const jid = process.get(pid)?.jid;
    return {...(service === undefined ? {} : {service}), ...(jid === undefined ? {} : {jid})};
  };
  const paired = all.value.captures.map((capture): SeenCapture => {
    const {pid, command, interfaceName} = capture;
    const state = stalled.has(pid) ? 'stalled' : STATE[bufferMode(evidence, capture)];
    return {pid, command, interfaceName, state, ...about(pid, command)};
  });
  // Opened or closed between the samples: nothing is known of it but what its libpcap can do.
  const still = new Set(later.value);
  const passing = all.value.passing
    .filter((d) => still.has(d))
    .map(({pid, command, interfaceName}): SeenCapture => {
      const state = libpcapInUse(evidence, pid).can === 'no' ? 'buffered' : 'undecided';
      return {pid, command, interfaceName, state, ...about(pid, command)};
    });
  return read([...paired, ...passing]);
});

const STATE = {
  buffer: 'buffered',
  read: 'buffered',
  cannot: 'buffered',
  zbuf: 'zero-copy',
  open: 'undecided',
} as const satisfies Record<string, CaptureState>;

/** The same where it does not matter why they could not be seen: then none is known. */
export function capturesOf(scene: Seen): readonly SeenCapture[] {
  const seen = seenCaptures(scene);
  return seen.state === 'read' ? seen.value : [];
}
