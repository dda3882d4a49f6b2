import type {Connection} from '../../model/evidence.js';
import type {Reply} from '../../model/transport.js';
import type {Target} from './target.js';

/** Why a connection is gone: in words, or for how long the host had been silent. */
export type Lost = string | {readonly silentMs: number};

/** A command that runs on a host. */
export interface ScriptChannel {
  write(text: string): void;
  /** The last of what is sent: the command sees the end of its input after it. */
  end(text: string): void;
  /** Ends it without waiting for anything. */
  close(): void;
}

/** Who is told what becomes of a command. */
export interface ChannelWatch {
  opened(channel: ScriptChannel): void;
  /** @param why `noTerminal`: one was asked for and not given; nothing has run */
  refused(why: {readonly noTerminal: boolean; readonly message: string}): void;
  data(from: 'stdout' | 'stderr', chunk: Buffer): void;
  exit(status: Pick<Reply, 'exitCode' | 'signal'>): void;
  /** It is over, and not because the connection is lost. */
  closed(): void;
}

/** An authenticated connection, whichever program made it, while it lasts. */
export interface Line {
  readonly target: Target;
  readonly connection: Connection;
  /** Milliseconds since anything came from the host, answers to keepalive questions included. */
  quietMs(): number;
  /**
   * Calls `watcher` when the connection is gone, at once if it is gone already. Returns the way to
   * stop that.
   */
  whenLost(watcher: (why: Lost) => void): () => void;
  /** Runs a command, on a terminal that harms no byte when it needs one. */
  exec(command: string, terminal: boolean, watch: ChannelWatch): void;
  /** Says goodbye and does not wait for an answer. */
  close(): void;
  /** Drops it without a word: for a host that floods us. */
  destroy(): void;
}
