/** Gives the turn back. */
export type Leave = () => void;

interface Waiting {
  readonly lane: string | undefined;
  readonly go: (leave: Leave) => void;
}

/**
 * Lets so many in at a time, and of those who share a lane no more than it is to carry; who waits
 * for a full lane delays nobody in another. Unlike a pool it has no end: who was in comes again.
 */
export class Turns {
  private readonly waiting: Waiting[] = [];
  private readonly inLane = new Map<string, number>();
  private inside = 0;

  /**
   * @param patience waits until somebody inside counts no more, but in the lane (one who hangs is
   *   not to keep others waiting), or has left
   */
  constructor(
    private readonly most: number,
    private readonly perLane = Infinity,
    private readonly patience?: (left: AbortSignal) => Promise<void>,
  ) {}

  /** @param lane what it shares with others; undefined: nothing */
  enter(lane?: string): Promise<Leave> {
    return new Promise((go) => {
      this.waiting.push({lane, go});
      this.admit();
    });
  }

  private admit(): void {
    while (this.inside < this.most) {
      const at = this.waiting.findIndex(({lane}) => this.hasRoom(lane));
      const [next] = at < 0 ? [] : this.waiting.splice(at, 1);
      if (next === undefined) return;
      this.inside += 1;
      this.countInLane(next.lane, 1);
      const makeRoom = once(() => {
        this.inside -= 1;
        this.admit();
      });
      const left = new AbortController();
      void this.patience?.(left.signal).then(makeRoom);
      next.go(
        once(() => {
          left.abort();
          this.countInLane(next.lane, -1);
          makeRoom();
          this.admit();
        }),
      );
    }
  }

  private hasRoom(lane: string | undefined): boolean {
    return lane === undefined || (this.inLane.get(lane) ?? 0) < this.perLane;
  }

  private countInLane(lane: string | undefined, by: number): void {
    if (lane !== undefined) this.inLane.set(lane, (this.inLane.get(lane) ?? 0) + by);
  }
}

function once(job: () => void): () => void {
  let done = false;
  return () => {
    if (!done) {
      done = true;
      job();
    }
  };
}
