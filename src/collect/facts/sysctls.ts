import type {OidFacts, OidType} from '../../model/oid.js';
import {isOidType} from '../../model/oid.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import type {Section, SectionKinds} from '../section.js';
import {decode, fromSection, malformed, reason} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  bpf: {times: 'once'},
  kenv: {times: 'once'},
  oids: {times: 'once'},
  'oids-writable': {times: 'once'},
  'oids-tunable': {times: 'once'},
} as const satisfies SectionKinds;

/**
 * Values under net.bpf by full name, from `sysctl net.bpf`; absent when the kernel has no bpf(4).
 */
export function parseSysctls(
  section: Section | undefined,
): Reading<Readonly<Record<string, string>>> {
  const tool = 'sysctl net.bpf';
  if (section?.status === '1' && complains(section, /unknown oid/)) return absent;
  return fromSection(section, tool, (lines) => {
    const values: [string, string][] = [];
    for (const line of lines) {
      const [, name, value] = /^(net\.bpf\.[\w.]{1,100}): (.{0,1000})$/.exec(line) ?? [];
      if (name === undefined || value === undefined) return malformed(tool, line);
      values.push([name, value]);
    }
    return values.length === 0 ? malformed(tool) : read(Object.fromEntries(values));
  });
}

/**
 * kenv -q exits 1 and says nothing when there is no such variable. In a jail it does the same when
 * it may not look.
 */
export function parseKenv(section: Section | undefined, jailed: Reading<boolean>): Reading<string> {
  const tool = 'kenv net.bpf.zerocopy_enable';
  if (section?.status === '1' && section.complaint.length === 0)
    return jailed.state === 'read' && !jailed.value
      ? absent
      : unreadable(`${tool}: not told apart in a jail`);
  return fromSection(section, tool, (lines) => {
    const [value] = lines;
    return lines.length === 1 && value !== undefined && value.length <= 256
      ? read(value)
      : malformed(tool);
  });
}

const TYPES = 'sysctl -t';

/**
 * Names in the sysctl.conf files the kernel does not know: sysctl(8) complains of each, and exits
 * with their number.
 */
export function parseUnknownOids(section: Section | undefined): Reading<readonly string[]> {
  if (section === undefined) return unreadable(`the host did not report ${TYPES}`);
  const status = wholeNumber(section.status);
  if (status === undefined || status > 255 || status === 127)
    return unreadable(reason(section, TYPES));
  const unknown: string[] = [];
  for (const line of section.complaint.map(decode)) {
    const name = /unknown oid '(.{1,256})'(?:: .*)?$/.exec(line)?.[1];
    if (name === undefined) return unreadable(reason(section, TYPES));
    unknown.push(name);
  }
  if (status !== unknown.length % 256) return unreadable(reason(section, TYPES));
  return read([...new Set(unknown)]);
}

/**
 * What the kernel said of the other names: their type, and whether they can be written (-W) or set
 * by the loader (-T). `-W` leaves out counters that can be reset, which nobody sets at boot.
 * Source: sbin/sysctl/sysctl.c, show_var (reading).
 */
export function parseOids(
  sections: ReadonlyMap<string, Section>,
): Reading<Readonly<Record<string, OidFacts>>> {
  const types = sections.get('oids');
  const known = parseUnknownOids(types);
  if (known.state !== 'read' || types === undefined)
    return known.state === 'read' ? read({}) : known;
  const leaves: (readonly [string, OidType])[] = [];
  for (const line of types.content.map(decode)) {
    const [, name, type] = /^(.{1,256}): ([a-z0-9_ ]{1,20})$/.exec(line) ?? [];
    if (name === undefined || type === undefined || !isOidType(type)) return malformed(TYPES, line);
    leaves.push([name, type]);
  }
  if (leaves.every(([, type]) => type === 'node'))
    return read(
      Object.fromEntries(leaves.map(([name, type]) => [name, facts(type, [], [], name)])),
    );
  const writable = namesOf(sections.get('oids-writable'), 'sysctl -NW');
  const tunable = namesOf(sections.get('oids-tunable'), 'sysctl -NT');
  if (writable.state !== 'read') return writable;
  if (tunable.state !== 'read') return tunable;
  return read(
    Object.fromEntries(
      leaves.map(([name, type]) => [name, facts(type, writable.value, tunable.value, name)]),
    ),
  );
}

const facts = (
  type: OidType,
  writable: readonly string[],
  tunable: readonly string[],
  name: string,
): OidFacts => ({type, writable: writable.includes(name), tunable: tunable.includes(name)});

const namesOf = (section: Section | undefined, tool: string): Reading<readonly string[]> =>
  fromSection<readonly string[]>(section, tool, (lines) => read(lines));

const complains = (section: Section, of: RegExp): boolean =>
  section.complaint.some((line) => of.test(line));
