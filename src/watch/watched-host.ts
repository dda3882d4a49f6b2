import type {Descriptor} from '../model/evidence.js';
import type {HostChange, WatchedCapture, WatchedState} from '../model/watch.js';
import type {Movement} from '../rules/reading/movement.js';

import type {Key} from './two-samples.js';

/** One descriptor, from sample to sample. */
export interface Watched {
  /** As the last sample has it. */
  readonly descriptor: Descriptor;
  readonly service?: string;
  readonly state: WatchedState;
  /** A waiver covers that it is stalled. */
  readonly waived?: true;
  /** The last second look at it; absent: none yet, or it showed life since. */
  readonly look?: Look;
  /** Samples in a row in which it could not be compared with itself. */
  readonly uncompared: number;
}

/** What a second look was about, so that the same is not looked at again. */
export interface Look {
  readonly descriptor: Descriptor;
  readonly moves: Movement;
  /** Samples since. */
  readonly age: number;
}

/** What is known of a host that is watched. */
export interface WatchedHost {
  /**
   * The last two samples over this connection, the earlier first; absent: not taken. What another
   * connection counted is not compared: the host may have been booted anew since.
   */
  readonly earlier?: readonly Descriptor[];
  readonly latest?: readonly Descriptor[];
  readonly captures: ReadonlyMap<Key, Watched>;
  readonly sampling: 'not-yet' | 'works' | 'failed';
  /** Something was compared since the connection: before that, nothing is known. */
  readonly assessed: boolean;
}

export const NOTHING_SEEN: WatchedHost = {
  captures: new Map(),
  sampling: 'not-yet',
  assessed: false,
};

/** The host over a new connection: what it says is compared with nothing it said before. */
export const reconnected = ({captures}: WatchedHost): WatchedHost => ({
  ...NOTHING_SEEN,
  captures,
});

/** What came of a sample or a second look. */
export interface Step {
  readonly host: WatchedHost;
  readonly changes: readonly HostChange[];
}

export const captureOf = ({descriptor, service}: Watched): WatchedCapture => ({
  pid: descriptor.pid,
  program: descriptor.command,
  interface: descriptor.interfaceName,
  ...(service === undefined ? {} : {service}),
});

/** As the rules name a capture. */
export const nameOf = ({descriptor: {command, pid, interfaceName}}: Watched): string =>
  `${command} (pid ${pid}) on ${interfaceName}`;

/** Whether it is not known now if a capture of the host is stalled. */
export const isOpen = ({captures, sampling, assessed}: WatchedHost): boolean =>
  sampling !== 'works' ||
  !assessed ||
  [...captures.values()].some(({state}) => state === 'unknown');

/** Captures that are stalled now, but for those a waiver covers. */
export const stalledNow = ({captures}: WatchedHost): readonly Watched[] =>
  [...captures.values()].filter(({state, waived}) => state === 'stalled' && waived !== true);
