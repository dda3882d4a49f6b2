import type {Descriptor, Evidence} from '../model/evidence.js';
import type {Capture, Pair} from '../rules/reading/capture.js';
import {captures, pairSamples} from '../rules/reading/capture.js';
import {descriptorKey} from '../rules/reading/evidence-index.js';

/**
 * What a descriptor is known by from sample to sample: its reader, its interface, and which of the
 * reader's on that interface it is, in the order the kernel lists them.
 */
export type Key = string;

/** Items by the keys of their descriptors, in their order. */
export function keyed<T>(
  items: readonly T[],
  descriptorOf: (item: T) => Descriptor,
): ReadonlyMap<Key, T> {
  const count = new Map<string, number>();
  const byKey = new Map<Key, T>();
  for (const item of items) {
    const name = descriptorKey(descriptorOf(item));
    const nth = count.get(name) ?? 0;
    count.set(name, nth + 1);
    byKey.set(`${name} ${nth}`, item);
  }
  return byKey;
}

/** The captures that two samples can be compared of; the others are not in it. */
export const pairsOf = (
  first: readonly Descriptor[],
  second: readonly Descriptor[],
): ReadonlyMap<Key, Pair> => keyed(pairSamples(first, second).pairs, ({after}) => after);

/** The same of evidence, with what the rules know of each. */
export function capturesOf(evidence: Evidence): ReadonlyMap<Key, Capture> {
  const all = captures(evidence);
  return keyed(all.state === 'read' ? all.value.captures : [], ({after}) => after);
}
