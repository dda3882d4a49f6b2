import type {Evidence} from '../model/evidence.js';
import type {Finding} from '../model/finding.js';
import type {Reading} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {FirewallLooks, TracedLayer, Twice} from '../model/trace.js';
import type {Capture} from '../rules/reading/capture.js';

/** All a layer is judged from. */
export interface Traced {
  readonly evidence: Evidence;
  readonly looks: FirewallLooks;
  /** The interfaces the rules log to. */
  readonly interfaceNames: readonly string[];
  /** Captures on them, of the service asked for. */
  readonly captures: Reading<readonly Capture[]>;
  /** What ZBUF-001 says of them. */
  readonly stalls: readonly Finding[];
  readonly service?: Service;
  /** Seconds between the looks, as asked. */
  readonly wait: number;
}

export type Judged = Omit<TracedLayer, 'layer'>;

/** By how much a count grew; undefined: one of the looks has none, or it began anew. */
export function growth([before, after]: Twice<number>): number | undefined {
  if (before.state !== 'read' || after.state !== 'read') return undefined;
  return after.value < before.value ? undefined : after.value - before.value;
}

export const works = (summary: string, because: Judged['because']): Judged => ({
  state: 'works',
  summary,
  because,
  fix: '',
});
export const broken = (summary: string, because: Judged['because'], fix: string): Judged => ({
  state: 'broken',
  summary,
  because,
  fix,
});
export const open = (summary: string, because: Judged['because'], fix: string): Judged => ({
  state: 'unknown',
  summary,
  because,
  fix,
});
