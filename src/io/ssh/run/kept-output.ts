import type {RunOptions} from '../../../model/transport.js';

/** Bytes of stderr that are kept (model/transport.ts, Reply). */
const STDERR_KEPT = 64 * 1024;

/** Bytes of the end of stdout that are kept of a script that streams: what it says at its end. */
const END_KEPT = 1024;

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
      if (this.options.streams === true) this.keepTheEnd();
      onChunk?.(chunk);
      return this.outBytes > maxBytes;
    }
    if (this.errBytes < STDERR_KEPT) this.err.push(chunk.subarray(0, STDERR_KEPT - this.errBytes));
    this.errBytes += chunk.length;
    return this.errBytes > Math.max(maxBytes, STDERR_KEPT);
  }

  private keepTheEnd(): void {
    let kept = this.out.reduce((sum, {length}) => sum + length, 0);
    while (this.out.length > 1 && kept - (this.out[0]?.length ?? 0) >= END_KEPT)
      kept -= this.out.shift()?.length ?? 0;
  }

  get stdout(): Buffer {
    return Buffer.concat(this.out);
  }

  get stderr(): Buffer {
    return Buffer.concat(this.err);
  }
}
