import type {Descriptor, DescriptorStats, Evidence, Holder, Mapping, ProcessInfo} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {absent, read} from '../model/reading.js';

/** One open BPF handle seen in both samples, with everything the evidence says about who reads it. */
export interface Capture {
  readonly pid: number;
  readonly command: string;
  readonly interfaceName: string;
  readonly before: Descriptor;
  readonly after: Descriptor;
  /** Processes with /dev/bpf open that are this reader or its relatives. */
  readonly holders: readonly Holder[];
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

/**
 * Pairs the descriptors of the two samples. A process may hold several on one interface: they are paired in the order
 * the kernel lists them, and only while both samples list equally many, since otherwise the pairing would be a guess.
 */
export function captures(evidence: Evidence): Reading<Captures> {
  const [first, second] = evidence.samples;
  if (first.descriptors.state !== 'read') return first.descriptors;
  if (second.descriptors.state !== 'read') return second.descriptors;
  const before = groupBy(first.descriptors.value, identity);
  const after = groupBy(second.descriptors.value, identity);
  const paired: Capture[] = [];
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
      else paired.push(capture(evidence, old, descriptor));
    });
  }
  for (const [key, olds] of before) if (!after.has(key)) passing.push(...olds);
  return read({captures: paired, passing});
}

const identity = (d: Descriptor): string => `${d.pid} ${d.interfaceName}`;

function capture(evidence: Evidence, before: Descriptor, after: Descriptor): Capture {
  const pid = after.pid;
  const processes = evidence.processes.state === 'read' ? evidence.processes.value : [];
  const process = processes.find((p) => p.pid === pid);
  return {
    pid,
    command: after.command,
    interfaceName: after.interfaceName,
    before,
    after,
    holders: relatedHolders(evidence, pid),
    process: process === undefined ? missing(evidence.processes) : read(process),
    map: evidence.memoryMaps[String(pid)] ?? {
      state: 'unreadable',
      why: `no memory map of pid ${pid} was collected`,
    },
    stats: statsOf(evidence, after),
  };
}

/** The reader's own descriptors, else those of its parent and children (pflogd's parent opened it). */
function relatedHolders(evidence: Evidence, pid: number): readonly Holder[] {
  if (evidence.holders.state !== 'read') return [];
  const own = evidence.holders.value.filter((holder) => holder.pid === pid);
  if (own.length > 0) return own;
  const processes = evidence.processes.state === 'read' ? evidence.processes.value : [];
  const parent = processes.find((p) => p.pid === pid)?.ppid;
  return evidence.holders.value.filter(
    (holder) => holder.pid === parent || processes.some((p) => p.pid === holder.pid && p.ppid === pid),
  );
}

/** bd_pid and interface name a descriptor's record; two alike cannot be told apart, so neither is used. */
function statsOf(evidence: Evidence, descriptor: Descriptor): Reading<DescriptorStats> {
  const stats = evidence.descriptorStats;
  if (stats === undefined) return absent;
  if (stats.state !== 'read') return stats;
  const same = stats.value.filter(
    (s) => s.pid === descriptor.pid && s.interfaceName === descriptor.interfaceName,
  );
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

/** Groups in first-seen order. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
