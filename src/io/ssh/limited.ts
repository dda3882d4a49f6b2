/** Lets at most `width` jobs run at a time; the others wait in order. */
export class Limited {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly width: number) {}

  /** Waits for a turn; what it gets ends the turn (a second call does nothing). */
  async enter(): Promise<() => void> {
    // Who leaves hands the place to who waits; a newcomer cannot slip in between.
    if (this.running < this.width) this.running++;
    else
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    };
  }

  async run<T>(job: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await job();
    } finally {
      leave();
    }
  }
}
