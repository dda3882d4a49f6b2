import type {Identity} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {mapReading, read} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import {parseProduct} from './product.js';
import type {Section, SectionKinds} from '../section.js';
import {fromSection, malformed} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  practice: {times: 'once'},
  uid: {times: 'once'},
  system: {times: 'once'},
  uname: {times: 'once'},
  versions: {times: 'once'},
  hostname: {times: 'once'},
  jailed: {times: 'once'},
  securelevel: {times: 'once'},
  boottime: {times: 'once'},
} as const satisfies SectionKinds;

/** What the host is. `sections` by name; a system other than FreeBSD reports only uname -srm. */
export function parseIdentity(sections: ReadonlyMap<string, Section>): Identity {
  const line = (name: string, tool: string): Reading<string> =>
    fromSection(sections.get(name), tool, oneLine(tool));
  const uname = fromSection(sections.get('uname'), 'uname', parseUname);
  return {
    system: line('system', 'uname -s'),
    release: mapReading(uname, (u) => u.release),
    versions: fromSection(sections.get('versions'), 'freebsd-version', parseVersions),
    machine: mapReading(uname, (u) => u.machine),
    processor: ofFreebsd(uname, (u) => u.processor),
    osreldate: ofFreebsd(uname, (u) => u.osreldate),
    hostname: line('hostname', 'hostname'),
    jailed: chain(line('jailed', 'sysctl security.jail.jailed'), (text) =>
      text === '0' || text === '1'
        ? read(text === '1')
        : malformed('sysctl security.jail.jailed', text),
    ),
    securelevel: chain(line('securelevel', 'sysctl kern.securelevel'), (text) =>
      /^-?\d{1,9}$/.test(text) ? read(Number(text)) : malformed('sysctl kern.securelevel', text),
    ),
    product: parseProduct(sections.get('product')),
    uid: chain(line('uid', 'id -u'), (text) => number('id -u', text)),
    time: parseTime(sections),
    bootTime: chain(line('boottime', 'sysctl kern.boottime'), (text) =>
      number('sysctl kern.boottime', /^\{ sec = (\d+), usec = \d+ \}/.exec(text)?.[1], text),
    ),
  };
}

/** The clock of the host when a sample was taken: the second word of the sample's header. */
export function parseSampleTime(section: Section | undefined): Reading<number> {
  return section === undefined
    ? fromSection<number>(section, 'date', () => malformed('date'))
    : number('date', section.words[1], section.words[1]);
}

function parseTime(sections: ReadonlyMap<string, Section>): Reading<number> {
  const first = parseSampleTime(sections.get('descriptors first'));
  return first.state === 'read' ? first : parseSampleTime(sections.get('descriptors second'));
}

interface Uname {
  readonly release: string;
  readonly machine: string;
  readonly processor?: string;
  readonly osreldate?: {readonly kernel: number; readonly userland: number};
}

/** uname prints in its own order: -s -r -m, and with them -p -K -U. */
function parseUname(lines: readonly string[]): Reading<Uname> {
  const line = lines[0] ?? '';
  if (lines.length !== 1 || line.length > LIMITS.word) return malformed('uname', line);
  const words = line.split(' ');
  const [, release, machine, processor, k, u] = words;
  if (release === undefined || machine === undefined) return malformed('uname', line);
  if (words.length === 3) return read({release, machine});
  const kernel = wholeNumber(k);
  const userland = wholeNumber(u);
  if (
    words.length !== 6 ||
    processor === undefined ||
    kernel === undefined ||
    userland === undefined
  )
    return malformed('uname', line);
  return read({release, machine, processor, osreldate: {kernel, userland}});
}

/**
 * freebsd-version prints kernel (on disk), running kernel, userland: in this order, whatever the
 * order asked in.
 */
function parseVersions(
  lines: readonly string[],
): Reading<{readonly kernel: string; readonly running: string; readonly userland: string}> {
  const [kernel, running, userland] = lines;
  if (lines.length !== 3 || kernel === undefined || running === undefined || userland === undefined)
    return malformed('freebsd-version', lines[0]);
  if (lines.some((line) => !/^\S{1,200}$/.test(line)))
    return malformed('freebsd-version', lines.join(' '));
  return read({kernel, running, userland});
}

const oneLine =
  (tool: string) =>
  (lines: readonly string[]): Reading<string> => {
    const [line] = lines;
    return lines.length === 1 && line !== undefined && line !== '' && line.length <= LIMITS.word
      ? read(line)
      : malformed(tool, lines.join(' '));
  };

function number(tool: string, text: string | undefined, line = text): Reading<number> {
  const value = wholeNumber(text);
  return value === undefined ? malformed(tool, line) : read(value);
}

function chain<T, U>(reading: Reading<T>, next: (value: T) => Reading<U>): Reading<U> {
  return reading.state === 'read' ? next(reading.value) : reading;
}

function ofFreebsd<T>(uname: Reading<Uname>, member: (uname: Uname) => T | undefined): Reading<T> {
  return chain(uname, (u) => {
    const value = member(u);
    return value === undefined ? malformed('uname -KUp') : read(value);
  });
}
