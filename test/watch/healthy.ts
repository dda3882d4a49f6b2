import type {Descriptor, Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';

/** xorshift32: the same numbers on every machine. */
export function drawn(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Bytes libpcap has in one buffer (test/captures: net.bpf.stats). */
const BUFFER = 524_256;

/** How much arrives at a capture: packets a second, bytes a packet (0: they differ). */
export interface Load {
  readonly perSecond: number;
  readonly bytes: number;
}

/**
 * A healthy capture that goes on from a captured state, by what bpf(4) does. In buffered mode a
 * full or timed-out store becomes the held buffer until read(2) takes it, at once. In zero-copy
 * mode the kernel learns of the acknowledge with the next use of the descriptor: the length of what
 * was handed over last stands there until then (facts: fork-truth-table.md).
 */
export class HealthyCapture {
  private now: Descriptor;

  constructor(
    captured: Descriptor,
    private readonly load: Load,
    private readonly zeroCopy: boolean,
    private readonly random: () => number,
  ) {
    this.now = captured;
  }

  /** What a sample sees after so many seconds. */
  after(seconds: number): Descriptor {
    const {random, load, now} = this;
    // A burst, a quiet while, or what comes on average.
    const rate = load.perSecond * (random() < 0.2 ? 0 : random() * 2);
    const packets = Math.floor(rate * seconds + random());
    if (packets === 0) return this.rest();
    const size = load.bytes === 0 ? 60 + Math.floor(random() * 1400) : load.bytes;
    // The reader drains twice a second or more often: only the last of it can still lie there.
    const last = Math.min(packets, Math.ceil(rate / 2) + 1);
    const stored = Math.min(BUFFER, Math.floor(random() * last) * size);
    const handed = Math.min(BUFFER, Math.max(1, last) * size);
    const held = this.zeroCopy && random() < 0.8 ? handed : 0;
    this.now = {
      ...now,
      received: now.received + packets,
      matched: now.matched + packets,
      storeLength: stored,
      holdLength: held,
    };
    return this.now;
  }

  /** Nothing comes: what was stored is handed over at the next timeout, and taken. */
  private rest(): Descriptor {
    const {now} = this;
    const handed = now.storeLength > 0 && this.zeroCopy ? now.storeLength : now.holdLength;
    this.now = {...now, storeLength: 0, holdLength: this.zeroCopy ? handed : 0};
    return this.now;
  }
}

/** The evidence of a captured state with these two samples instead of its own. */
export const withSamples = (
  evidence: Evidence,
  before: readonly Descriptor[],
  after: readonly Descriptor[],
): Evidence => ({
  ...evidence,
  samples: [
    {at: evidence.samples[0].at, descriptors: read(before)},
    {at: evidence.samples[1].at, descriptors: read(after)},
  ],
});
