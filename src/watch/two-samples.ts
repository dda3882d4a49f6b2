import type {Descriptor, Evidence} from '../model/evidence.js';
import {read, unreadable} from '../model/reading.js';
import type {Capture} from '../rules/reading/capture.js';
import {captures} from '../rules/reading/capture.js';
import {descriptorKey} from '../rules/reading/evidence-index.js';

const UNSEEN = unreadable('a sample does not look at it');

/** Evidence in which nothing but two samples was seen: what the rules' own readings take. */
export const evidenceOfSamples = (
  before: readonly Descriptor[],
  after: readonly Descriptor[],
): Evidence => ({
  schema: 'zbufctl.evidence/1',
  host: '',
  address: '',
  collectedAt: '',
  practice: false,
  identity: {
    system: UNSEEN,
    release: UNSEEN,
    versions: UNSEEN,
    machine: UNSEEN,
    processor: UNSEEN,
    osreldate: UNSEEN,
    hostname: UNSEEN,
    jailed: UNSEEN,
    securelevel: UNSEEN,
    product: UNSEEN,
    uid: UNSEEN,
    time: UNSEEN,
    bootTime: UNSEEN,
  },
  sysctls: UNSEEN,
  files: [],
  unknownOids: UNSEEN,
  rc: {variables: UNSEEN, enabled: UNSEEN, commands: {}},
  samples: [
    {at: UNSEEN, descriptors: read(before)},
    {at: UNSEEN, descriptors: read(after)},
  ],
  holders: UNSEEN,
  processes: UNSEEN,
  memoryMaps: {},
  libraries: [],
  programs: [],
  unknownRecords: [],
});

/**
 * What a descriptor is known by from sample to sample: its reader, its interface, and which of the
 * reader's on that interface it is, in the order the kernel lists them.
 */
export type Key = string;

/** Descriptors by their keys, in their order. */
export function keyed<T extends {readonly pid: number; readonly interfaceName: string}>(
  items: readonly T[],
): ReadonlyMap<Key, T> {
  const count = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const name = descriptorKey(item);
      const nth = count.get(name) ?? 0;
      count.set(name, nth + 1);
      return [`${name} ${nth}`, item];
    }),
  );
}

/** The captures that two samples can be compared of; the others are not in it. */
export function compared(evidence: Evidence): ReadonlyMap<Key, Capture> {
  const all = captures(evidence);
  return keyed(all.state === 'read' ? all.value.captures : []);
}
