import type {Width} from './pool.js';

/**
 * How many hosts are asked at a time, and less when this machine cannot carry as many: a shortage
 * here is no host's failure.
 */
export class Narrowing implements Width {
  private limit: number;
  private times = 0;

  /** @param onNarrowed told how many it is from now on */
  constructor(
    limit: number,
    private readonly onNarrowed: (concurrency: number) => void,
  ) {
    this.limit = Math.max(1, limit);
  }

  get now(): number {
    return this.limit;
  }

  /** To be kept by a host from its start: what it meets is the fault of the width it began in. */
  get epoch(): number {
    return this.times;
  }

  /**
   * Halves it, once for all hosts that began in the same width.
   * @returns whether asking again can help: false where it was one at a time
   */
  narrow(epoch: number): boolean {
    if (epoch !== this.times) return true;
    if (this.limit === 1) return false;
    this.limit = Math.floor(this.limit / 2);
    this.times += 1;
    this.onNarrowed(this.limit);
    return true;
  }
}
