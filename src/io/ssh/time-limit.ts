import {performance} from 'node:perf_hooks';

/** A time limit that stands still while a person is asked. */
export class TimeLimit {
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private left: number;
  private pauses = 0;
  private over = false;

  /** @param ms milliseconds until `expired` is called */
  constructor(
    ms: number,
    private readonly expired: () => void,
  ) {
    this.left = ms;
    this.start();
  }

  private start(): void {
    this.startedAt = performance.now();
    this.timer = setTimeout(() => {
      this.over = true;
      this.expired();
    }, this.left);
  }

  /** The clock stands still until `job` has settled; nested pauses count. */
  async pausedFor<T>(job: () => Promise<T>): Promise<T> {
    if (this.pauses++ === 0 && !this.over) {
      clearTimeout(this.timer);
      this.left = Math.max(1, this.left - (performance.now() - this.startedAt));
    }
    try {
      return await job();
    } finally {
      if (--this.pauses === 0 && !this.over) this.start();
    }
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }
}
