import type {RunOptions} from '../../../model/transport.js';

/** Bytes of stderr that are kept (model/transport.ts, Reply). */
const STDERR_KEPT = 64 * 1024;

/** What a script has printed so far, and whether that is more than it may. */
export class KeptOutput {
  private readonly out: Buffer[] = [];
  private readonly err: Buffer[] = [];
  private outBytes = 0;
  private errBytes = 0;

  constructor(private readonly options: RunOptions) {}

  /** @returns whether that was too much; then there is no reply to be made of it */
  keep(from: 'stdout' | 'stderr', chunk: Buffer): boolean {
    const {maxBytes, onChunk} = this.options;
    if (from === 'stdout') {
      this.out.push(chunk);
      this.outBytes += chunk.length;
      onChunk?.(chunk);
      return this.outBytes > maxBytes;
    }
    if (this.errBytes < STDERR_KEPT) this.err.push(chunk.subarray(0, STDERR_KEPT - this.errBytes));
    this.errBytes += chunk.length;
    return this.errBytes > Math.max(maxBytes, STDERR_KEPT);
  }

  get stdout(): Buffer {
    return Buffer.concat(this.out);
  }

  get stderr(): Buffer {
    return Buffer.concat(this.err);
  }
}
