import type {Descriptor} from './evidence.js';

/** Every descriptor at two moments, with test packets in between (templates/test-packet.sh). */
export interface TwoLooks {
  readonly before: readonly Descriptor[];
  readonly after: readonly Descriptor[];
  /** Interfaces whose captures should have seen a packet of ours; none where none is harmless. */
  readonly sent: readonly string[];
}
