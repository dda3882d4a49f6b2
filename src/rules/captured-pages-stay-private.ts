import type {Mapping} from '../model/evidence.js';

import {because, said} from './because.js';
import {runningValue} from './boot-value.js';
import {bufferMode} from './buffer-mode.js';
import {captures} from './capture.js';
import type {Opinion, Rule, Scene} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** Who still shares the pages can read the packets in them, with no descriptor and no privilege. */
export const capturedPagesStayPrivate: Rule = {
  id: 'ZBUF-012',
  slug: 'captured-pages-stay-private',
  severity: 'low',
  claim: "No process that does not capture has a zero-copy capture's pages mapped.",
  matters: 'That process can read captured packets although it never opened a capture.',
  remedy: 'Restart the program with the value at 0, or without the helper (tcpdump: -n).',
  looksAt: 'the memory maps of the capture and of its relatives (procstat -v): equal addresses, still shared',
  sources: ['facts: fork-truth-table.md (a helper shares the pages without a descriptor)'],

  evaluate(scene) {
    const {evidence} = scene;
    if (runningValue(evidence).state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    const all = captures(evidence);
    if (all.state !== 'read' || evidence.holders.state !== 'read') {
      return [
        unknown(
          'The open captures could not be seen.',
          [because('open BPF descriptors', 'netstat -B', all)],
          'Run the collector as root.',
        ),
      ];
    }
    const zerocopy = all.value.captures.filter((c) => ['zbuf', 'open'].includes(bufferMode(evidence, c)));
    const opinions = zerocopy.flatMap((capture): Opinion[] => {
      const {map} = capture;
      if (map.state !== 'read') {
        return [
          {
            ...unknown(
              `Who shares the memory of ${capture.command} (pid ${capture.pid}) could not be seen.`,
              [because(`memory map of pid ${capture.pid}`, `procstat -v ${capture.pid}`, map, () => '')],
              'Run the collector as root.',
            ),
            pid: capture.pid,
          },
        ];
      }
      // Each buffer holds at least what was seen in it, and its pages are wired: resident in both processes.
      const pages = Math.ceil((Math.max(capture.after.holdLength, capture.after.storeLength) + 32) / 4096);
      const large = (m: Mapping): boolean => m.resident >= Math.max(2, pages) && m.privateResident > 0;
      return others(scene).flatMap((pid) => {
        const theirs = evidence.memoryMaps[String(pid)];
        if (theirs?.state !== 'read') return [];
        const common = map.value.filter((m) => large(m) && theirs.value.some((t) => sharesPages(m, t)));
        if (common.length === 0) return [];
        return [
          {
            verdict: 'fail' as const,
            summary: `Pid ${pid} does not capture, but shares memory with the capture of ${capture.command} (pid ${capture.pid}) on ${capture.interfaceName}.`,
            because: common.map((m) =>
              said(
                `memory shared by pid ${pid} and pid ${capture.pid}`,
                `procstat -v ${pid}`,
                `${m.start}-${m.end}`,
              ),
            ),
            pid: capture.pid,
          },
        ];
      });
    });
    if (opinions.length > 0) return opinions;
    return [
      pass('No process without a capture shares the pages of one.', [
        said('zero-copy captures', 'netstat -B, procstat', zerocopy.length),
      ]),
    ];
  },
};

/** Processes whose map was read and that hold no descriptor. */
function others({evidence}: Scene): readonly number[] {
  const holders =
    evidence.holders.state === 'read' ? new Set(evidence.holders.value.map((h) => h.pid)) : new Set<number>();
  return Object.keys(evidence.memoryMaps)
    .map(Number)
    .filter((pid) => !holders.has(pid));
}

/** The same addresses in both, still waiting for the copy (N) and still referenced by both: one set of pages. */
const sharesPages = (a: Mapping, b: Mapping): boolean =>
  (a.type === 'df' || a.type === 'sw') &&
  a.type === b.type &&
  a.start === b.start &&
  a.end === b.end &&
  b.flags.startsWith('CN') &&
  b.refCount >= 2;
