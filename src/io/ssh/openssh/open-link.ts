import type {ChildProcess} from 'node:child_process';
import {performance} from 'node:perf_hooks';

import type {Connection} from '../../../model/evidence.js';
import type {ChannelWatch, Line, Lost} from '../line.js';
import {Loss} from '../loss.js';
import type {Target} from '../target.js';
import {openChannel} from './channel.js';
import type {MasterLog} from './master-log.js';
import {endGroup} from './private-folder.js';
import type {PrivateFolder} from './private-folder.js';

/** What a connection held by ssh(1) consists of. */
export interface HeldConnection {
  readonly child: ChildProcess;
  readonly log: MasterLog;
  readonly target: Target;
  readonly connection: Connection;
  readonly socket: string;
  readonly folder: PrivateFolder;
}

/** How long ssh may take to say what became of a command that ended without a status. */
const PATIENCE_MS = 5_000;

/** An authenticated connection that an ssh(1) of its own holds (a ControlMaster). */
export class OpenLink implements Line {
  readonly target: Target;
  readonly connection: Connection;
  private readonly loss = new Loss();
  private readonly readers = new Set<() => void>();
  private heardAt = performance.now();

  constructor(private readonly held: HeldConnection) {
    this.target = held.target;
    this.connection = held.connection;
    held.child.once('close', () => {
      this.loss.mark(this.lastWords());
    });
  }

  /** Where other ssh(1) reach this connection. */
  get socket(): string {
    return this.held.socket;
  }

  /** To be called after more of the log was read. */
  hear(anythingCame: boolean): void {
    if (anythingCame) this.heardAt = performance.now();
    for (const reader of this.readers) reader();
  }

  /** Where ssh tells of no packets it is believed: it ends when its questions stay unanswered. */
  quietMs(): number {
    return this.held.log.tellsPackets ? performance.now() - this.heardAt : 0;
  }

  whenLost(watcher: (why: Lost) => void): () => void {
    return this.loss.when(watcher);
  }

  exec(command: string, terminal: boolean, watch: ChannelWatch): void {
    const {socket, folder} = this.held;
    openChannel({socket, folder, command, terminal, hasEnded: (id) => this.hasEnded(id)}, watch);
  }

  close(): void {
    this.loss.mark('it was closed');
    endGroup(this.held.child.pid, 'SIGTERM');
  }

  destroy(): void {
    this.loss.mark('it was closed');
    endGroup(this.held.child.pid, 'SIGKILL');
  }

  /** Whether the host has closed a channel, or (false) the connection is gone. */
  private hasEnded(channel: number): Promise<boolean> {
    const {log} = this.held;
    return new Promise((resolve) => {
      const settle = (ended: boolean): void => {
        clearTimeout(timer);
        this.readers.delete(look);
        stopWatching();
        resolve(ended);
      };
      const look = (): void => {
        if (log.hasEnded(channel)) settle(true);
      };
      const timer = setTimeout(() => {
        this.loss.mark('ssh ended a command without saying why');
        settle(false);
      }, PATIENCE_MS);
      let stopWatching = (): void => undefined;
      this.readers.add(look);
      look();
      if (this.readers.has(look))
        stopWatching = this.whenLost(() => {
          settle(false);
        });
    });
  }

  private lastWords(): Lost {
    const last = this.held.log.said.at(-1)?.text ?? 'ssh ended';
    return /^Timeout, server .* not responding/.test(last) ? {silentMs: this.quietMs()} : last;
  }
}
