import type {Evidence, Mapping} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {fromSection, malformed, reason} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  map: {times: 'each', table: true},
} as const satisfies SectionKinds;

const HEADER = /^\s*PID\s+START\s+END\s+PRT\s+RES\s+PRES\s+REF\s+SHD\s+FL(?:AG)?\s+TP\s+PATH\s*$/;
const LINE =
  /^\s*(\d+)\s+0x([0-9a-f]{1,16})\s+0x([0-9a-f]{1,16})\s+([r-][w-][x-])\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S{1,16})\s+(\S{1,4})(?: (.*))?$/;
const PAGE = 4096n;

/**
 * The mappings of one process, from `procstat -v PID`. For a process it may not look at, and for
 * one that has ended, procstat prints the header and exits 0 (facts: host-behaviour.md): no
 * mappings is never a reading.
 */
function parseMemoryMap(
  section: Section | undefined,
  pid: number,
  root: boolean,
): Reading<readonly Mapping[]> {
  const tool = `procstat -v ${pid}`;
  return fromSection(section, tool, ([header, ...lines]) => {
    if (header === undefined || !HEADER.test(header)) return malformed(tool, header);
    if (lines.length > LIMITS.mappings)
      return unreadable(`${tool}: more than ${LIMITS.mappings} mappings`, 'limit');
    const mappings = lines.flatMap((line) => parseLine(line, pid) ?? []);
    if (mappings.length > 0) return read(mappings);
    // The rest of a file name with a newline in it is no line of the map; but some line has to be.
    if (lines.length > 0) return malformed(tool, lines[0]);
    return unreadable(
      `${tool} shows nothing: ${root ? 'the process has ended' : 'not permitted, or ended'}`,
    );
  });
}

function parseLine(line: string, pid: number): Mapping | undefined {
  if (line.length > LIMITS.path) return undefined;
  const [, owner, from, to, protection, ...rest] = LINE.exec(line) ?? [];
  const [res, pres, ref, shd, flags, type, path = ''] = rest;
  if (owner !== String(pid) || from === undefined || to === undefined || protection === undefined)
    return undefined;
  const bytes = BigInt(`0x${to}`) - BigInt(`0x${from}`);
  const [resident, privateResident, refCount, shadowCount] = [res, pres, ref, shd].map(wholeNumber);
  if (bytes < 0n || resident === undefined || privateResident === undefined) return undefined;
  if (
    refCount === undefined ||
    shadowCount === undefined ||
    flags === undefined ||
    type === undefined
  )
    return undefined;
  // In the order they are stored: most of the evidence is mappings, and what is in order need not
  // be sorted (text/canonical-json.ts).
  return {
    end: `0x${to}`,
    flags,
    pages: Number(bytes / PAGE),
    path: path.trim(),
    privateResident,
    protection,
    refCount,
    resident,
    shadowCount,
    start: `0x${from}`,
    type,
  };
}

/**
 * A map for every process in the list: read, or why not. `cutShort`: the collector's note that it
 * read not all.
 */
export function parseMaps(
  sections: readonly Section[],
  processes: Evidence['processes'],
  root: boolean,
  cutShort: Section | undefined,
): Evidence['memoryMaps'] {
  const maps = new Map<string, Reading<readonly Mapping[]>>();
  const missing =
    cutShort === undefined
      ? unreadable('the host did not report procstat -v of it')
      : unreadable(`not read: ${reason(cutShort, 'procstat -v')}`, 'limit');
  for (const {pid} of processes.state === 'read' ? processes.value : [])
    maps.set(String(pid), missing);
  const seen = new Set<string>();
  let mappings = 0;
  for (const section of sections.slice(0, LIMITS.maps)) {
    mappings += section.content.length;
    const key = section.words[0] ?? '';
    const pid = wholeNumber(key);
    if (pid === undefined || key !== String(pid)) continue;
    const map =
      mappings > LIMITS.allMappings
        ? unreadable(`more than ${LIMITS.allMappings} mappings together`, 'limit')
        : parseMemoryMap(section, pid, root);
    maps.set(key, seen.has(key) ? unreadable('reported twice') : map);
    seen.add(key);
  }
  return Object.fromEntries(maps);
}
