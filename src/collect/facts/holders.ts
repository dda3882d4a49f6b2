import type {Holder} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {fromSection, malformed} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  holders: {times: 'once', table: true},
} as const satisfies SectionKinds;

const TOOL = 'procstat -f -a';
const HEADER = /^\s*PID\s+COMM\s+FD\s+T\s+V\s+FLAGS\s+REF\s+OFFSET\s+PRO\s+NAME\s*$/;
/**
 * A descriptor of BPF is a vnode (T v) of a character device (V c), a number, and a name that ends
 * in /dev/bpf or /dev/bpfN, with the path of a jail in front of it or none: what a user can name a
 * file or a folder is none.
 */
const DESCRIPTOR =
  /^\s*(\d+) (.{1,40}?)\s+(\d{1,9})\s+v\s+c\s+([-a-z]{1,12})\s+(\d+|-)\s+(\d+|-) (\S+)\s+(\/(?:.*\/)?dev\/bpf\d*)\s*$/;

/**
 * Processes with a BPF descriptor open. procstat shows an ordinary user its own processes only and
 * exits 0 (facts: host-behaviour.md), so whatever it shows somebody who is not root is no list of
 * holders. A line that is no such descriptor, whatever its name contains, is none.
 */
export function parseHolders(
  section: Section | undefined,
  root: boolean,
): Reading<readonly Holder[]> {
  return fromSection(section, TOOL, ([header, ...lines]) => {
    if (header === undefined || !HEADER.test(header)) return malformed(TOOL, header);
    if (!root)
      return unreadable(`${TOOL} shows a user's own processes only, and this was not root`);
    const holders = lines.flatMap((line) => parseLine(line) ?? []);
    if (holders.length > LIMITS.descriptors)
      return unreadable(`${TOOL}: more than ${LIMITS.descriptors} descriptors`, 'limit');
    return read(holders);
  });
}

function parseLine(line: string): Holder | undefined {
  if (line.length > LIMITS.path) return undefined;
  const [, owner, comm = '', fd, , references, offset, , path] = DESCRIPTOR.exec(line) ?? [];
  const pid = wholeNumber(owner);
  const command = comm.trim();
  if (pid === undefined || command === '' || fd === undefined || path === undefined)
    return undefined;
  const refCount = count(references);
  const position = count(offset);
  if (refCount === undefined || position === undefined) return undefined;
  return {pid, command, fd, refCount, offset: position, path};
}

/** procstat prints - where a value does not apply. */
function count(text: string | undefined): Reading<number> | undefined {
  if (text === '-') return absent;
  const value = wholeNumber(text);
  return value === undefined ? undefined : read(value);
}
