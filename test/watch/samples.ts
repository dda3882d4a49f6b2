import type {Descriptor, Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import type {HostChange} from '../../src/model/watch.js';
import type {Sample} from '../../src/watch/sample.js';
import type {SampleStep} from '../../src/watch/take-sample.js';
import {takeSample} from '../../src/watch/take-sample.js';
import type {LookAt} from '../../src/watch/take-look.js';
import type {WatchedHost} from '../../src/watch/watched-host.js';
import {NOTHING_SEEN} from '../../src/watch/watched-host.js';

/** What one descriptor counted: packets, bytes stored and held, packets dropped. */
export interface Counted {
  readonly pid?: number;
  readonly name?: string;
  readonly command?: string;
  readonly packets: number;
  readonly store?: number;
  readonly hold?: number;
  readonly drop?: number;
}

export const descriptor = (counted: Counted): Descriptor => ({
  pid: counted.pid ?? 7,
  interfaceName: counted.name ?? 'em0',
  command: counted.command ?? 'captor',
  received: counted.packets,
  matched: counted.packets,
  dropped: counted.drop ?? 0,
  storeLength: counted.store ?? 0,
  holdLength: counted.hold ?? 0,
  promiscuous: true,
  locked: false,
});

export const sampleOf = (...counted: readonly Counted[]): Sample => read(counted.map(descriptor));

export const noService = (): undefined => undefined;

/** Samples one after the other; what each changed, and what is to be looked at after the last. */
export function sampled(
  samples: readonly Sample[],
  from: WatchedHost = NOTHING_SEEN,
): SampleStep & {readonly each: readonly (readonly HostChange[])[]} {
  const each: (readonly HostChange[])[] = [];
  let step: SampleStep = {host: from, changes: [], look: []};
  for (const sample of samples) {
    step = takeSample(step.host, sample, noService);
    each.push(step.changes);
  }
  return {...step, each};
}

export const eventsOf = (changes: readonly HostChange[]): readonly string[] =>
  changes.map(({event}) => event);

export const lookAt = (evidence: Evidence, more: Partial<LookAt> = {}): LookAt => ({
  scene: {evidence, services: [], policy: {}},
  waivers: [],
  groups: [],
  day: '2026-11-24',
  ...more,
});
