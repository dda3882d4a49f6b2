import {Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import type {Duplex} from 'node:stream';

import type {Client} from 'ssh2';

import type {Connection} from '../../model/evidence.js';
import type {Target} from './target.js';

/** Why a connection is gone: in words, or for how long the host had been silent. */
export type Lost = string | {readonly silentMs: number};

/** An authenticated connection, while it lasts. */
export class Link {
  /** Why it is gone; absent as long as it is there. */
  lost: Lost | undefined;
  private readonly watchers = new Set<(why: Lost) => void>();
  private heardAt = performance.now();

  constructor(
    readonly client: Client,
    readonly target: Target,
    readonly connection: Connection,
    private readonly stream: Duplex,
  ) {
    // ssh2 reads the stream already; this only looks on.
    stream.on('data', () => {
      this.heardAt = performance.now();
    });
  }

  /** Milliseconds since anything came from the host, answers to keepalive questions included. */
  quietMs(): number {
    return performance.now() - this.heardAt;
  }

  /**
   * Calls `watcher` when the connection is gone, at once if it is gone already. Returns the way to
   * stop that.
   */
  whenLost(watcher: (why: Lost) => void): () => void {
    if (this.lost !== undefined) {
      watcher(this.lost);
      return () => undefined;
    }
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Only the first reason counts: what follows is its consequence. */
  markLost(why: Lost): void {
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
