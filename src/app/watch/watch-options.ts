import type {Transport} from '../../model/transport.js';
import type {JudgeDeps} from '../audit.js';
import type {Pacing} from '../pacing.js';

import type {Turns} from './turns.js';
import type {WatchScripts} from './watch-scripts.js';

export interface WatchOptions {
  /** Seconds from one sample to the next. */
  readonly interval: number;
  /** Samples, or attempts at one, after which a host is left; absent: for ever. */
  readonly count?: number | undefined;
  /** Milliseconds until all are left; absent: never. */
  readonly forMs?: number | undefined;
  /** Milliseconds a connection, or a second look, may take. */
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
}

/** What a watch needs of the world. */
export interface WatchDeps extends Pick<JudgeDeps, 'servicesFor' | 'waivers' | 'modeObjects'> {
  readonly transport: Transport;
  readonly scripts: WatchScripts;
  /** Connections that are made, and second looks, at a time. */
  readonly turns: Turns;
  readonly looks: Turns;
  readonly pacing: Pacing;
  /** ISO 8601 UTC. */
  now(): string;
  /** Milliseconds, monotonic. */
  elapsed(): number;
  /** In [0, 1). */
  random(): number;
  /** Ends early when the signal comes. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
