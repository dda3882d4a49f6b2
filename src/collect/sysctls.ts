import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';

import type {Section} from './section.js';
import {decode, fromSection, malformed, reason} from './section.js';

/** Values under net.bpf by full name, from `sysctl net.bpf`; absent when the kernel has no bpf(4). */
export function parseSysctls(section: Section | undefined): Reading<Readonly<Record<string, string>>> {
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
 * kenv -q exits 1 and says nothing when there is no such variable. In a jail it does the same when it may not look.
 */
export function parseKenv(section: Section | undefined, jailed: Reading<boolean>): Reading<string> {
  const tool = 'kenv net.bpf.zerocopy_enable';
  if (section?.status === '1' && section.complaint.length === 0)
    return jailed.state === 'read' && !jailed.value
      ? absent
      : unreadable(`${tool}: not told apart in a jail`);
  return fromSection(section, tool, (lines) => {
    const [value] = lines;
    return lines.length === 1 && value !== undefined && value.length <= 256 ? read(value) : malformed(tool);
  });
}

/** Names in the sysctl.conf files the kernel does not know: `sysctl -N` of them all complains of each. */
export function parseUnknownOids(section: Section | undefined): Reading<readonly string[]> {
  const tool = 'sysctl -N';
  if (section === undefined) return unreadable(`the host did not report ${tool}`);
  if (section.status !== '0' && section.status !== '1') return unreadable(reason(section, tool));
  const unknown: string[] = [];
  for (const line of section.complaint.map(decode)) {
    const name = /unknown oid '([^']{1,256})'/.exec(line)?.[1];
    if (name === undefined) return unreadable(reason(section, tool));
    unknown.push(name);
  }
  if (section.status === '1' && unknown.length === 0) return unreadable(reason(section, tool));
  return read([...new Set(unknown)]);
}

const complains = (section: Section, of: RegExp): boolean => section.complaint.some((line) => of.test(line));
