import type {ShownReading} from './finding.js';
import type {Reading} from './reading.js';
import type {Time} from './values.js';

/** The way of a logged packet, in its order. */
export const TRACE_LAYERS = [
  'rules',
  'interface',
  'descriptor',
  'buffers',
  'daemon',
  'output',
] as const;
export type TraceLayer = (typeof TRACE_LAYERS)[number];

export const LAYER_STATES = ['works', 'broken', 'unknown'] as const;
export type LayerState = (typeof LAYER_STATES)[number];

/** What was seen of a layer. */
export interface TracedLayer {
  readonly layer: TraceLayer;
  readonly state: LayerState;
  /** One sentence. */
  readonly summary: string;
  readonly because: readonly ShownReading[];
  /** What to do; of an unknown: what would decide it. '' when there is nothing. */
  readonly fix: string;
}

/** `zbufctl trace`: why a firewall's log is empty. */
export interface Trace {
  readonly schema: 'zbufctl.trace/1';
  readonly host: string;
  readonly address: string;
  readonly tracedAt: Time;
  /** A practice host, which proves nothing. */
  readonly practice: boolean;
  /** The logger that was found or asked for; absent: none. */
  readonly service?: string;
  /** The first layer that is broken; absent: none is. */
  readonly broken?: TraceLayer;
  /**
   * One of each layer.
   * @minItems 6
   * @maxItems 6
   */
  readonly layers: readonly TracedLayer[];
}

/** A rule of pf with the word log. */
export interface LogRule {
  readonly text: string;
  readonly interfaceName: string;
  /** Absent: pfctl told no counters. */
  readonly packets: Reading<number>;
}

/** Something looked at twice. */
export type Twice<T> = readonly [Reading<T>, Reading<T>];

export interface LogInterface {
  /** Absent: there is no such interface. */
  readonly up: Reading<boolean>;
  /** Packets handed to it; counted only while somebody listens. */
  readonly packets: Twice<number>;
}

export interface LogFile {
  readonly path: string;
  readonly size: number;
  /** Seconds since the epoch. */
  readonly changed: number;
}

/** What the trace saw besides evidence. */
export interface FirewallLooks {
  /** Absent: pf(4) is not there. */
  readonly enabled: Reading<boolean>;
  /** How many rules there are, and those that log. */
  readonly rules: Twice<{readonly count: number; readonly logging: readonly LogRule[]}>;
  /** All interfaces of the host, by name. */
  readonly names: Reading<readonly string[]>;
  readonly interfaces: ReadonlyMap<string, LogInterface>;
  readonly files: Twice<readonly LogFile[]>;
}
