import type {
  Descriptor,
  DescriptorStats,
  Evidence,
  Mapping,
  ProcessInfo,
} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read} from '../../model/reading.js';
import {groupBy} from '../../text/group-by.js';
import {oncePer} from '../../text/once-per.js';

import {descriptorKey, indexOf} from './evidence-index.js';
import {perProcess} from './per-process.js';

/**
 * One open BPF handle seen in both samples, with everything the evidence says about who reads it.
 */
export interface Capture {
  readonly pid: number;
  readonly command: string;
  readonly interfaceName: string;
  readonly before: Descriptor;
  readonly after: Descriptor;
  readonly process: Reading<ProcessInfo>;
  readonly map: Reading<readonly Mapping[]>;
  /** From the native helper, when it ran. */
  readonly stats: Reading<DescriptorStats>;
}

export interface Captures {
  readonly captures: readonly Capture[];
  /** In one sample only: opened or closed in between, so nothing can be said of movement. */
  readonly passing: readonly Descriptor[];
}

/** The captures of an evidence; nearly every rule asks for them, so they are paired once. */
export const captures = oncePer(pair);

/** One open handle in two samples. */
export type Pair = Pick<Capture, 'before' | 'after'>;

/**
 * Pairs the descriptors of two samples. A process may hold several on one interface: they are
 * paired in the order the kernel lists them, and only while both samples list equally many, since
 * otherwise the pairing would be a guess.
 */
export function pairSamples(
  first: readonly Descriptor[],
  second: readonly Descriptor[],
): {readonly pairs: readonly Pair[]; readonly passing: readonly Descriptor[]} {
  const before = groupBy(first, descriptorKey);
  const after = groupBy(second, descriptorKey);
  const pairs: Pair[] = [];
  const passing: Descriptor[] = [];
  for (const [key, news] of after) {
    const olds = before.get(key) ?? [];
    if (olds.length !== news.length) {
      passing.push(...news);
      continue;
    }
    news.forEach((descriptor, index) => {
      const old = olds[index];
      // Counters only grow for the life of a descriptor: smaller ones belong to a new one.
      if (old === undefined || descriptor.received < old.received) passing.push(descriptor);
      else pairs.push({before: old, after: descriptor});
    });
  }
  for (const [key, olds] of before) if (!after.has(key)) passing.push(...olds);
  return {pairs, passing};
}

function pair(evidence: Evidence): Reading<Captures> {
  const [first, second] = evidence.samples;
  if (first.descriptors.state !== 'read') return first.descriptors;
  if (second.descriptors.state !== 'read') return second.descriptors;
  const {pairs, passing} = pairSamples(first.descriptors.value, second.descriptors.value);
  const paired = pairs.map(({before, after}) => capture(evidence, before, after));
  return read(withThirdLook(evidence, paired, passing));
}

/**
 * Captures that appeared between the samples are paired with the third, where one was taken; those
 * that are not in it have gone, and nothing is to be said of them.
 */
function withThirdLook(
  evidence: Evidence,
  paired: readonly Capture[],
  passing: readonly Descriptor[],
): Captures {
  const third = evidence.thirdSample?.descriptors;
  if (third?.state !== 'read') return {captures: paired, passing};
  const [, {descriptors: second}] = evidence.samples;
  const later = groupBy(second.state === 'read' ? second.value : [], descriptorKey);
  const last = groupBy(third.value, descriptorKey);
  const compared: Capture[] = [];
  const open: Descriptor[] = [];
  for (const [key, all] of groupBy(passing, descriptorKey)) {
    const olds = later.get(key) ?? [];
    const news = last.get(key) ?? [];
    const same =
      olds.length === all.length &&
      olds.length === news.length &&
      olds.every((old, i) => (news[i]?.received ?? -1) >= old.received);
    if (same)
      compared.push(
        ...olds.flatMap((old, i) => news.slice(i, i + 1).map((now) => capture(evidence, old, now))),
      );
    else if (news.length > 0) open.push(...all);
  }
  return {captures: [...paired, ...compared], passing: open};
}

function capture(evidence: Evidence, before: Descriptor, after: Descriptor): Capture {
  const pid = after.pid;
  const process = indexOf(evidence).process.get(pid);
  return {
    pid,
    command: after.command,
    interfaceName: after.interfaceName,
    before,
    after,
    process: process === undefined ? missing(evidence.processes) : read(process),
    map: evidence.memoryMaps[String(pid)] ?? {
      state: 'unreadable',
      why: `no memory map of pid ${pid} was collected`,
    },
    stats: statsOf(evidence, after),
  };
}

/**
 * Who has /dev/bpf open for a reader: itself when it holds one, else its parent and children that
 * do (pflogd's parent opened it).
 */
export const relatedHolders = perProcess((evidence, pid): readonly number[] => {
  const {holders, process, children} = indexOf(evidence);
  if (holders.has(pid)) return [pid];
  const parent = process.get(pid)?.ppid;
  const relatives = new Set([
    ...(parent === undefined ? [] : [parent]),
    ...(children.get(pid) ?? []),
  ]);
  return [...relatives].filter((relative) => holders.has(relative));
});

/**
 * bd_pid and interface name a descriptor's record; two alike cannot be told apart, so neither is
 * used.
 */
function statsOf(evidence: Evidence, descriptor: Descriptor): Reading<DescriptorStats> {
  const stats = evidence.descriptorStats;
  if (stats === undefined) return absent;
  if (stats.state !== 'read') return stats;
  const same = indexOf(evidence).stats.get(descriptorKey(descriptor)) ?? [];
  const modes = new Set(same.map((s) => s.mode));
  const only = same[0];
  if (only === undefined) return absent;
  return modes.size === 1
    ? read(only)
    : {state: 'unreadable', why: 'several descriptors of this process differ in mode'};
}

function missing<T>(list: Reading<unknown>): Reading<T> {
  return list.state === 'unreadable' ? list : absent;
}
