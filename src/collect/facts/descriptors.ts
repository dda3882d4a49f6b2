import type {Descriptor} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {decode, malformed, unreadableSection} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  descriptors: {times: 'each', table: true},
} as const satisfies SectionKinds;

const TOOL = 'netstat -B';

/**
 * What `netstat -B` said, as libxo JSON or as text. It exits 0 and prints nothing both when there
 * is no descriptor and when it may not look (facts: host-behaviour.md), so an empty answer counts
 * only when root got it, uncomplained.
 */
export function parseDescriptors(
  section: Section | undefined,
  root: boolean,
): Reading<readonly Descriptor[]> {
  if (section === undefined) return unreadable(`the host did not report ${TOOL}`);
  // A process that ended while netstat asked for its name costs the name, not the row.
  const complaint = section.complaint.filter((line) => !line.includes('kern.proc.pid'));
  if (section.status !== '0' || complaint.length > 0) return unreadableSection(section, TOOL);
  const lines = section.content.map(decode);
  const text = lines.join('\n').trim();
  const list = text === '' ? read([]) : text.startsWith('{') ? fromJson(text) : fromText(lines);
  if (list.state !== 'read') return list;
  if (list.value.length === 0 && !root)
    return unreadable(`${TOOL} shows nothing to those not permitted, and this was not root`);
  if (list.value.length > LIMITS.descriptors)
    return unreadable(`${TOOL}: more than ${LIMITS.descriptors} descriptors`, 'limit');
  return list;
}

function fromJson(text: string): Reading<readonly Descriptor[]> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return malformed(TOOL);
  }
  if (!isRecord(document)) return malformed(TOOL);
  // netstat returns before it opens the list when the kernel has no descriptor.
  const statistics = document['bpf-statistics'];
  if (statistics === undefined) return onlyVersion(document) ? read([]) : malformed(TOOL);
  const entries = isRecord(statistics) ? (statistics['bpf-entry'] ?? []) : undefined;
  if (!Array.isArray(entries)) return malformed(TOOL);
  const descriptors: Descriptor[] = [];
  for (const entry of entries as readonly unknown[]) {
    const descriptor = isRecord(entry) ? fromEntry(entry) : undefined;
    if (descriptor === undefined) return malformed(TOOL, JSON.stringify(entry));
    descriptors.push(descriptor);
  }
  return read(descriptors);
}

const onlyVersion = (document: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(document).every((key) => key === '__version');

function fromEntry(entry: Readonly<Record<string, unknown>>): Descriptor | undefined {
  const text = (key: string): string | undefined => {
    const value = entry[key];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (key: string): number | undefined => {
    const value = entry[key];
    return wholeNumber(typeof value === 'number' ? String(value) : text(key));
  };
  // libxo prints a flag as true, or leaves it out.
  const flag = (key: string): boolean =>
    entry[key] === true || entry[key] === 'true' || entry[key] === '';
  return descriptor(
    [
      number('pid'),
      number('received-packets'),
      number('dropped-packets'),
      number('filter-packets'),
      number('store-buffer-length'),
      number('hold-buffer-length'),
    ],
    text('interface-name'),
    text('process'),
    {promiscuous: flag('promiscuous'), locked: flag('locked')},
  );
}

/**
 * `  Pid  Netif   Flags      Recv      Drop     Match Sblen Hblen Command`, right-aligned and as
 * wide as it takes.
 */
function fromText(lines: readonly string[]): Reading<readonly Descriptor[]> {
  const [header, ...rows] = lines;
  if (
    header === undefined ||
    !/^\s*Pid\s+Netif\s+Flags\s+Recv\s+Drop\s+Match\s+Sblen\s+Hblen\s+Command\s*$/.test(header)
  )
    return malformed(TOOL, header);
  const descriptors: Descriptor[] = [];
  for (const row of rows) {
    const fields = /^\s*(\d+)\s+(\S+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+) (.*)$/.exec(
      row,
    );
    // The rest of a process's name with a newline in it: that costs the name, no other row.
    if (fields === null && descriptors.length > 0) continue;
    if (fields === null) return malformed(TOOL, row);
    const [, pid, interfaceName, flags = '', received, dropped, matched, store, hold, command] =
      fields;
    const numbers = [pid, received, dropped, matched, store, hold].map(wholeNumber);
    const found = descriptor(numbers, interfaceName, command?.trimEnd(), {
      promiscuous: flags.startsWith('p'),
      locked: flags.includes('l'),
    });
    if (found === undefined) return malformed(TOOL, row);
    descriptors.push(found);
  }
  return read(descriptors);
}

function descriptor(
  numbers: readonly (number | undefined)[],
  interfaceName: string | undefined,
  command: string | undefined,
  flags: Pick<Descriptor, 'promiscuous' | 'locked'>,
): Descriptor | undefined {
  const [pid, received, dropped, matched, storeLength, holdLength] = numbers;
  if (pid === undefined || received === undefined || dropped === undefined || matched === undefined)
    return undefined;
  if (storeLength === undefined || holdLength === undefined) return undefined;
  if (interfaceName === undefined || command === undefined) return undefined;
  if (interfaceName.length > LIMITS.word || command.length > LIMITS.word) return undefined;
  return {
    pid,
    interfaceName,
    command,
    received,
    dropped,
    matched,
    storeLength,
    holdLength,
    ...flags,
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
