import type {Holder} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';

import {LIMITS} from './limits.js';
import type {Section} from './section.js';
import {fromSection, malformed} from './section.js';
import {wholeNumber} from './whole-number.js';

const TOOL = 'procstat -f -a';
const HEADER = /^\s*PID\s+COMM\s+FD\s+T\s+V\s+FLAGS\s+REF\s+OFFSET\s+PRO\s+NAME\s*$/;
/**
 * Processes with a BPF descriptor open. procstat shows an ordinary user its own processes only and exits 0
 * (facts: host-behaviour.md), so whatever it shows somebody who is not root is no list of holders.
 */
export function parseHolders(section: Section | undefined, root: boolean): Reading<readonly Holder[]> {
  return fromSection(section, TOOL, ([header, ...lines]) => {
    if (header === undefined || !HEADER.test(header)) return malformed(TOOL, header);
    if (!root) return unreadable(`${TOOL} shows a user's own processes only, and this was not root`);
    if (lines.length > LIMITS.entries) return unreadable(`${TOOL}: more than ${LIMITS.entries} descriptors`);
    const holders: Holder[] = [];
    for (const line of lines) {
      const holder = parseLine(line);
      if (holder === undefined) return malformed(TOOL, line);
      holders.push(holder);
    }
    return read(holders);
  });
}

/** COMM may hold spaces and anything else, so the line is read from its right end. */
function parseLine(line: string): Holder | undefined {
  if (line.length > LIMITS.path) return undefined;
  const words = line.trim().split(/\s+/);
  const [fd, , , flags, references, offset, , path] = words.slice(-8);
  const pid = wholeNumber(words[0]);
  const command = words.slice(1, -8).join(' ');
  if (pid === undefined || command === '' || fd === undefined || path === undefined) return undefined;
  if (!/^\d{1,9}$/.test(fd) || !path.includes('/dev/bpf') || !/^[-a-z]{8,12}$/.test(flags ?? ''))
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
