import type {Mapping} from '../model/evidence.js';
import {groupBy} from '../text/group-by.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {runningValue} from './reading/boot-value.js';
import {bufferMode} from './reading/buffer-mode.js';
import type {Capture} from './reading/capture.js';
import {captures} from './reading/capture.js';
import {indexOf} from './reading/evidence-index.js';
import {libpcapInUse} from './reading/libpcap-in-use.js';
import {LOOK_AS_ROOT, remedyFor} from './remedy.js';
import type {Judgement, Rule, RuleInput} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** How many processes, ranges and interfaces are named: a host can make up any number of them. */
const NAMED = 16;

/** Who still shares the pages can read the packets in them, with no descriptor and no privilege. */
export const capturedPagesStayPrivate: Rule = {
  id: 'ZBUF-012',
  slug: 'captured-pages-stay-private',
  title: 'Captured packets readable by another process',
  severity: 'low',
  claim: "No process that does not capture has a zero-copy capture's pages mapped.",
  matters: 'That process can read captured packets although it never opened a capture.',
  remedy: 'Restart the program with the value at 0, or without the helper (tcpdump: -n).',
  looksAt:
    'the memory maps of the capture and of its relatives (procstat -v): equal addresses, still shared',
  sources: ['facts: fork-truth-table.md (a helper shares the pages without a descriptor)'],

  evaluate(scene) {
    const {evidence} = scene;
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const all = captures(evidence);
    if (all.state !== 'read' || evidence.holders.state !== 'read') {
      return [
        unknown(
          'Could not list the open captures.',
          [shownReading('open BPF descriptors', 'netstat -B', all)],
          remedyFor(all, LOOK_AS_ROOT),
        ),
      ];
    }
    const zerocopy = all.value.captures.filter((c) =>
      ['zbuf', 'open'].includes(bufferMode(evidence, c)),
    );
    const sharers = sharersOf(scene, (pid) => libpcapInUse(evidence, pid).mode === 'inherit');
    const byProcess = groupBy(zerocopy, (c) => c.pid);
    const opinions = [...byProcess.values()].flatMap((own) => opinionsOf(own, sharers));
    if (opinions.length > 0) return opinions;
    return [
      pass('No process without a capture shares the pages of one.', [
        shownValue('zero-copy captures', 'netstat -B, procstat', zerocopy.length),
      ]),
    ];
  },
};

/** Who else has a mapping, by what it is known by in every process that has it. */
type Sharers = ReadonlyMap<string, readonly number[]>;

/** All captures of one process: they share its memory. */
function opinionsOf(own: readonly Capture[], sharers: Sharers): readonly Judgement[] {
  const [capture] = own;
  if (capture === undefined) return [];
  const {map, pid} = capture;
  const who = `${capture.command} (pid ${pid})`;
  if (map.state !== 'read') {
    return [
      {
        ...unknown(
          `Could not tell who shares the memory of ${who}.`,
          [shownReading(`memory map of pid ${pid}`, `procstat -v ${pid}`, map, () => '')],
          remedyFor(map, LOOK_AS_ROOT),
        ),
        program: capture.command,
        pid,
      },
    ];
  }
  const interfaces = [...new Set(own.map((c) => c.interfaceName))];
  const more = interfaces.length > NAMED ? ` and ${interfaces.length - NAMED} more` : '';
  const where = interfaces.slice(0, NAMED).join(', ') + more;
  return [...sharedWith(own, map.value, sharers)].map(([other, ranges]) => ({
    verdict: 'fail' as const,
    summary: `Pid ${other} does not capture, but shares memory with the capture of ${who} on ${where}.`,
    because: ranges.map((range) =>
      shownValue(`memory shared by pid ${other} and pid ${pid}`, `procstat -v ${other}`, range),
    ),
    program: capture.command,
    pid,
  }));
}

/**
 * The other processes, a few of them if they are many, with the ranges they share, a few of these,
 * too.
 */
function sharedWith(
  own: readonly Capture[],
  map: readonly Mapping[],
  sharers: Sharers,
): Map<number, string[]> {
  // Each buffer holds at least what was seen in it, and its pages are wired: resident in both
  // processes.
  const bytes = Math.min(...own.map(({after}) => Math.max(after.holdLength, after.storeLength)));
  const pages = Math.max(2, Math.ceil((bytes + 32) / 4096));
  const found = new Map<number, string[]>();
  for (const m of map) {
    if (m.resident < pages || m.privateResident === 0) continue;
    for (const other of sharers.get(rangeKey(m)) ?? []) {
      const ranges = found.get(other) ?? [];
      if (ranges.length < NAMED) ranges.push(`${m.start}-${m.end}`);
      found.set(other, ranges);
      if (found.size >= NAMED) return found;
    }
  }
  return found;
}

/**
 * What processes without a descriptor may share: the same addresses in both, there still waiting
 * for the copy (N) and still referenced by both: one set of pages.
 */
function sharersOf({evidence}: RuleInput, inherits: (pid: number) => boolean): Sharers {
  const {holders} = indexOf(evidence);
  const shared = Object.entries(evidence.memoryMaps).flatMap(([pid, map]) =>
    map.state !== 'read' || holders.has(Number(pid))
      ? []
      : map.value
          .filter((m) => awaitsCopy(m) || (inherits(Number(pid)) && isOneMemory(m)))
          .map((m) => ({pid: Number(pid), key: rangeKey(m)})),
  );
  const byRange = groupBy(shared, ({key}) => key);
  return new Map([...byRange].map(([key, list]) => [key, list.map(({pid}) => pid)]));
}

const rangeKey = (m: Mapping): string => `${m.type} ${m.start} ${m.end}`;

/**
 * Under minherit(SHARE) nothing waits for a copy: it is the same memory in both (the mode inherit).
 */
const isOneMemory = (m: Mapping): boolean =>
  (m.type === 'df' || m.type === 'sw') &&
  m.protection.startsWith('rw') &&
  !m.flags.startsWith('C') &&
  m.refCount >= 2;

const awaitsCopy = (m: Mapping): boolean =>
  (m.type === 'df' || m.type === 'sw') && m.flags.startsWith('CN') && m.refCount >= 2;
