import type {Failure} from './failure.js';
import type {ShownReading} from './finding.js';
import type {Count, Ordinal, SomeText, Time} from './values.js';

/**
 * What is known of a capture that is watched. `new`: seen once, or not yet compared; `stalled`,
 * `well` and `unknown` are the rule's word (ZBUF-001).
 */
export const WATCHED_STATES = ['new', 'well', 'stalled', 'unknown'] as const;
export type WatchedState = (typeof WATCHED_STATES)[number];

/** What every line of `zbufctl watch --json` has. */
interface Line {
  readonly schema: 'zbufctl.watch/1';
  /** The controller's clock. */
  readonly at: Time;
}

interface HostLine extends Line {
  readonly host: SomeText;
  /** A practice host, which proves nothing. */
  readonly practice?: true;
}

/** The descriptor a line is about. */
export interface WatchedCapture {
  readonly pid: Count;
  /** Its command, as the host names it. */
  readonly program: string;
  readonly interface: string;
  /** Of the knowledge base or the policy; absent: none fits, or more than one. */
  readonly service?: string;
}

interface CaptureLine extends HostLine, WatchedCapture {}

/** The rule's sentence on a capture, and what it rests on. */
interface JudgedLine extends CaptureLine {
  readonly summary: SomeText;
  readonly because: readonly ShownReading[];
  /** What to do; of an unknown: what would decide it. */
  readonly fix: string;
}

export interface WatchStarted extends Line {
  readonly event: 'started';
  readonly hosts: Count;
  /** Seconds from one sample of a host to its next. */
  readonly interval: Ordinal;
}

/** The first sample over a new connection has come. */
export interface HostConnected extends HostLine {
  readonly event: 'host-connected';
  /** It was lost before. What it counted then is not compared with what it counts now. */
  readonly again: boolean;
}

/** No connection, or none any more: nothing is known of the host until it is connected again. */
export interface HostLost extends HostLine {
  readonly event: 'host-lost';
  readonly failure: Failure;
}

/** Connected, but captures could not be seen: unknown, not well. */
export interface SampleFailed extends HostLine {
  readonly event: 'sample-failed';
  readonly why: SomeText;
}

export interface SampleWorks extends HostLine {
  readonly event: 'sample-works';
}

export interface CaptureSeen extends CaptureLine {
  readonly event: 'capture-seen';
}

/** Its descriptor was closed, or its process ended. */
export interface CaptureGone extends CaptureLine {
  readonly event: 'capture-gone';
  readonly was: WatchedState;
}

export interface CaptureStalled extends JudgedLine {
  readonly event: 'capture-stalled';
  /** A waiver covers it: the waiver's reason. Nobody is told then. */
  readonly waived?: string;
}

export interface CaptureUnknown extends JudgedLine {
  readonly event: 'capture-unknown';
}

export interface CaptureRecovered extends CaptureLine {
  readonly event: 'capture-recovered';
  readonly was: 'stalled' | 'unknown';
}

export const WATCH_ENDS = ['stopped', 'counted', 'time'] as const;
export type WatchEnd = (typeof WATCH_ENDS)[number];

export interface WatchEnded extends Line {
  readonly event: 'ended';
  /** By Ctrl-C, by --count, by --for. */
  readonly why: WatchEnd;
  /** Samples taken of all hosts. */
  readonly samples: Count;
  /** Captures that are stalled now; those a waiver covers are not counted. */
  readonly stalled: Count;
  /** Hosts of which it is not known now whether a capture is stalled. */
  readonly notAssessed: Count;
}

/**
 * A line of `zbufctl watch --json`: what changed, once.
 * @discriminator event
 */
export type WatchEvent =
  | WatchStarted
  | HostConnected
  | HostLost
  | SampleFailed
  | SampleWorks
  | CaptureSeen
  | CaptureGone
  | CaptureStalled
  | CaptureUnknown
  | CaptureRecovered
  | WatchEnded;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What changed on one host, before anybody says which host and when. */
export type HostChange = Without<
  Exclude<WatchEvent, WatchStarted | WatchEnded>,
  'schema' | 'at' | 'host' | 'practice'
>;

/** What a watch posts to a webhook. */
export interface WatchNotice {
  readonly schema: 'zbufctl.watch-notice/1';
  /** bad: a capture is lost now. */
  readonly level: 'good' | 'warning' | 'bad';
  readonly subject: SomeText;
  /** For people; cut where it is long. */
  readonly text: SomeText;
  readonly changes: readonly WatchEvent[];
}
