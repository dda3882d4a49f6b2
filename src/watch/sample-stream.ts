import type {Failure} from '../model/failure.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';

/** Bytes of one sample: all the descriptors a host may have, and a long way more. */
export const LARGEST_SAMPLE = 1024 * 1024;

const FLOODED: Failure = {
  kind: 'flooded',
  message: `The host's answer is too long: one sample has more than ${LARGEST_SAMPLE} bytes.`,
  fix: 'Look at the host: no FreeBSD host has that much to say about its captures.',
};

const CLOSING = Buffer.from('\nend ');
const NEWLINE = 0x0a;
/** Room for what is not whole yet: as a rule nothing is left between two packets. */
const LEAST_ROOM = 4096;

/**
 * Takes the output of a script that samples again and again apart. A line of content has its mark
 * in front, so only a closing record begins with "end".
 */
export class SampleStream {
  private kept: Buffer = Buffer.alloc(0);
  private length = 0;
  /** No closing record begins before it. */
  private searched = 0;

  /** What has come and is no whole sample yet: what the host says instead of one. */
  get rest(): Buffer {
    return this.kept.subarray(0, this.length);
  }

  /** The samples that are whole now, each from behind the last to its closing record. */
  take(chunk: Buffer): Result<readonly Buffer[]> {
    // Where nothing is open, as nearly always, nothing is copied.
    const isOpen = this.length > 0;
    if (isOpen) this.append(chunk);
    let all = isOpen ? this.rest : chunk;
    const whole: Buffer[] = [];
    for (;;) {
      const closing = all.indexOf(CLOSING, this.searched);
      const end = closing < 0 ? -1 : all.indexOf(NEWLINE, closing + CLOSING.length);
      if (end < 0) {
        this.searched = closing < 0 ? Math.max(0, all.length - CLOSING.length + 1) : closing;
        break;
      }
      whole.push(all.subarray(0, end + 1));
      all = all.subarray(end + 1);
      this.searched = 0;
    }
    if (all.length > LARGEST_SAMPLE || whole.some(({length}) => length > LARGEST_SAMPLE))
      return fail(FLOODED);
    // A copy lets go of what is whole, and of a chunk that is as large as a packet.
    if (!isOpen || whole.length > 0) this.keep(all);
    return ok(whole);
  }

  private keep(rest: Buffer): void {
    this.kept = Buffer.from(rest);
    this.length = rest.length;
  }

  /** Twice the room each time it is full: who sends byte by byte makes nobody copy all of it. */
  private append(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (needed > this.kept.length) {
      const larger = Buffer.alloc(Math.max(LEAST_ROOM, 2 * needed));
      this.kept.copy(larger, 0, 0, this.length);
      this.kept = larger;
    }
    chunk.copy(this.kept, this.length);
    this.length = needed;
  }
}
