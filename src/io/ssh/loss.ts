import type {Lost} from './line.js';

/** That a connection is gone, and who wants to know. */
export class Loss {
  private why: Lost | undefined;
  private readonly watchers = new Set<(why: Lost) => void>();

  /** As Line.whenLost. */
  when(watcher: (why: Lost) => void): () => void {
    if (this.why !== undefined) {
      watcher(this.why);
      return () => undefined;
    }
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Only the first reason counts: what follows is its consequence. */
  mark(why: Lost): void {
    if (this.why !== undefined) return;
    this.why = why;
    for (const watcher of this.watchers) watcher(why);
    this.watchers.clear();
  }
}
