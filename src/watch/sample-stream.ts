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

/**
 * Takes the output of a script that samples again and again apart. A line of content has its mark
 * in front, so only a closing record begins with "end".
 */
export class SampleStream {
  private kept: Buffer = Buffer.alloc(0);

  /** What has come and is no whole sample yet: what the host says instead of one. */
  get rest(): Buffer {
    return this.kept;
  }

  /** The samples that are whole now, each from behind the last to its closing record. */
  take(chunk: Buffer): Result<readonly Buffer[]> {
    // Where nothing is open, as nearly always, nothing is copied.
    this.kept = this.kept.length === 0 ? chunk : Buffer.concat([this.kept, chunk]);
    const whole: Buffer[] = [];
    for (;;) {
      const closing = this.kept.indexOf(CLOSING);
      const end = closing < 0 ? -1 : this.kept.indexOf(NEWLINE, closing + CLOSING.length);
      if (end < 0) break;
      whole.push(this.kept.subarray(0, end + 1));
      this.kept = this.kept.subarray(end + 1);
    }
    if (this.kept.length > LARGEST_SAMPLE || whole.some(({length}) => length > LARGEST_SAMPLE))
      return fail(FLOODED);
    // What is left is a part of a chunk that is as large as a packet: a copy lets go of the rest.
    if (whole.length > 0) this.kept = Buffer.from(this.kept);
    return ok(whole);
  }
}
