import {Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import type {Duplex} from 'node:stream';

import type {Client, ClientChannel} from 'ssh2';

import type {Connection} from '../../model/evidence.js';
import type {ChannelWatch, Line, Lost} from './line.js';
import {Loss} from './loss.js';
import {RAW_TERMINAL} from './raw-terminal.js';
import type {Target} from './target.js';

/** An authenticated connection that the ssh2 package holds. */
export class Link implements Line {
  private readonly loss = new Loss();
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

  quietMs(): number {
    return performance.now() - this.heardAt;
  }

  whenLost(watcher: (why: Lost) => void): () => void {
    return this.loss.when(watcher);
  }

  markLost(why: Lost): void {
    this.loss.mark(why);
  }

  exec(command: string, terminal: boolean, watch: ChannelWatch): void {
    this.client.exec(command, terminal ? {pty: RAW_TERMINAL} : {}, (error, channel) => {
      if (error === undefined) attach(channel, watch);
      else
        watch.refused({
          noTerminal: terminal && error.message.includes('pseudo-terminal'),
          message: error.message,
        });
    });
  }

  close(): void {
    this.markLost('it was closed');
    this.client.end();
    hangUp(this.stream);
  }

  destroy(): void {
    this.markLost('it was closed');
    this.stream.destroy();
  }
}

function attach(channel: ClientChannel, watch: ChannelWatch): void {
  channel.on('data', (chunk: Buffer) => {
    watch.data('stdout', chunk);
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    watch.data('stderr', chunk);
  });
  channel.on('exit', (code: number | null, signal?: string) => {
    watch.exit({
      ...(code === null ? {} : {exitCode: code}),
      ...(signal === undefined ? {} : {signal}),
    });
  });
  // A host that closes the channel while we write is not an error by itself.
  channel.on('error', () => undefined);
  channel.on('close', () => {
    watch.closed();
  });
  watch.opened(channel);
}

/** Ends a stream once what was written is on its way, without waiting for the other side. */
export function hangUp(stream: Duplex): void {
  if (stream instanceof Socket) stream.destroySoon();
  else stream.destroy();
}
