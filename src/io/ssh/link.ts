import {Socket} from 'node:net';
import type {Duplex} from 'node:stream';

import type {Client} from 'ssh2';

import type {Connection} from '../../model/evidence.js';
import type {Target} from './target.js';

/** An authenticated connection, while it lasts. */
export class Link {
  /** Why it is gone; absent as long as it is there. */
  lost: string | undefined;
  private readonly watchers = new Set<(why: string) => void>();

  constructor(
    readonly client: Client,
    readonly target: Target,
    readonly connection: Connection,
    private readonly stream: Duplex,
  ) {}

  /** Calls `watcher` when the connection is gone, at once if it is gone already. Returns the way to stop that. */
  whenLost(watcher: (why: string) => void): () => void {
    if (this.lost !== undefined) {
      watcher(this.lost);
      return () => undefined;
    }
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Only the first reason counts: what follows is its consequence. */
  markLost(why: string): void {
    if (this.lost !== undefined) return;
    this.lost = why;
    for (const watcher of this.watchers) watcher(why);
    this.watchers.clear();
  }

  /** Says goodbye and does not wait for an answer. */
  close(): void {
    this.markLost('it was closed');
    this.client.end();
    hangUp(this.stream);
  }

  /** Drops it without a word: for a host that floods us. */
  destroy(): void {
    this.markLost('it was closed');
    this.stream.destroy();
  }
}

/** Ends a stream once what was written is on its way, without waiting for the other side. */
export function hangUp(stream: Duplex): void {
  if (stream instanceof Socket) stream.destroySoon();
  else stream.destroy();
}
