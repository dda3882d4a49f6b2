import type {Evidence, Library, Mapping, Program} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import type {Section, SectionKinds} from '../section.js';
import {decode, reason, unreadableSection} from '../section.js';

export const SECTIONS = {
  programs: {times: 'once', table: true},
  ldd: {times: 'once', table: true},
  strings: {times: 'each', table: true},
} as const satisfies SectionKinds;

/**
 * Whether a path is that of a libpcap as a shared library. No regular expression: paths come from
 * the host.
 */
function isLibpcap(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('libpcap') && name.includes('.so');
}

/**
 * The version each libpcap on the host gives itself. `strings` has a section a file: libraries, and
 * programs without one (`kinds` names the programs). What libmap.conf(5) gives in the place of
 * libpcap may have any name.
 */
export function parseLibraries(
  strings: readonly Section[],
  kinds: Section | undefined,
): readonly Library[] {
  const programs = new Set(
    (kinds?.content ?? []).map((line) => decode(line).replace(/^[a-z]+ /, '')),
  );
  return strings
    .filter(({words: [path = '']}) => isLibpcap(path) || !programs.has(path))
    .map((section) => ({path: section.words[0] ?? '', version: versionIn(section)}));
}

interface Sources {
  readonly kinds: Section | undefined;
  readonly ldd: Section | undefined;
  readonly strings: readonly Section[];
  readonly commands: Readonly<Record<string, string>>;
  readonly maps: Evidence['memoryMaps'];
}

/**
 * Programs of enabled services, and of processes with a memory map; the latter only when they are
 * ELF executables.
 */
export function parsePrograms(sources: Sources): readonly Program[] {
  const started = new Set(Object.values(sources.commands));
  const loaded = loadedBy(sources.ldd);
  const mapped = mappedBy(sources.maps);
  const inside = new Map(sources.strings.map((section) => [section.words[0], section] as const));
  return (sources.kinds?.content ?? []).map(decode).flatMap((line) => {
    const [, kind, path] =
      /^(elf|other|absent|unreadable|untrusted) (\/\S{1,1000})$/.exec(line) ?? [];
    if (kind === undefined || path === undefined) return [];
    // It was not opened; what a process of it has mapped is known all the same.
    if (kind === 'untrusted') {
      const libpcap = mapped(path);
      return [
        {path, libpcap: libpcap.state === 'unreadable' ? NOT_OPENED : libpcap, builtIn: NOT_OPENED},
      ];
    }
    if (kind !== 'elf' && !started.has(path)) return [];
    if (kind !== 'elf') {
      const why = unreadable(WHY_NOT[kind] ?? kind);
      return [{path, libpcap: why, builtIn: why}];
    }
    const libpcap = loaded(path) ?? mapped(path);
    const strings = inside.get(path);
    if (strings !== undefined) return [{path, libpcap, builtIn: versionIn(strings)}];
    const builtIn =
      libpcap.state === 'read' ? absent : unreadable('not looked for: it does not capture now');
    return [{path, libpcap, builtIn}];
  });
}

const WHY_NOT: Readonly<Record<string, string>> = {
  other: 'not an ELF executable: what it loads is decided elsewhere',
  absent: 'there is no such program',
  unreadable: 'Permission denied',
};

const NOT_OPENED = unreadable(
  'untrusted path: others than root can change it, so it was not opened',
  'untrusted',
);

/** ldd prints "path:" and then what it loads, indented; complaints name the path. */
function loadedBy(section: Section | undefined): (path: string) => Reading<string> | undefined {
  const blocks = new Map<string, string[]>();
  let block: string[] | undefined;
  for (const line of section?.content.map(decode) ?? []) {
    if (line.startsWith('/') && line.endsWith(':')) blocks.set(line.slice(0, -1), (block = []));
    else block?.push(line);
  }
  const complaints = new Map(
    (section?.complaint.map(decode) ?? []).flatMap((line) => {
      const path = /(?:^|\s)(\/\S{0,1000}?):(?:\s|$)/.exec(line)?.[1];
      return path === undefined ? [] : [[path, line] as const];
    }),
  );
  return (path) => {
    const complaint = complaints.get(path);
    if (complaint !== undefined && /not a dynamic (ELF )?executable/.test(complaint)) return absent;
    const lines = blocks.get(path);
    if (complaint !== undefined)
      return unreadable(reason({...bare, complaint: [complaint]}, 'ldd'));
    if (lines === undefined || section === undefined) return undefined;
    const line = lines.find((l) => /^\s*libpcap[^/ ]*\.so/.test(l));
    if (line === undefined)
      return lines.length > 0 ? absent : unreadable('ldd printed nothing about it');
    const target = /=> (\/\S+)/.exec(line)?.[1];
    return target === undefined
      ? unreadable(reason({...bare, complaint: [line.trim()]}, 'ldd'))
      : read(target);
  };
}

const bare: Section = {name: 'ldd', words: [], content: [], complaint: [], status: '1'};

/** What a process that runs the program has mapped, for programs ldd was not asked about. */
function mappedBy(maps: Evidence['memoryMaps']): (path: string) => Reading<string> {
  const loads = new Map<string, Reading<string>>();
  for (const map of Object.values(maps)) {
    const files = map.state === 'read' ? map.value.filter(isFile) : [];
    const libpcap = files.find((mapping) => isLibpcap(mapping.path));
    const loaded = libpcap === undefined ? absent : read(libpcap.path);
    for (const {path} of files) if (!loads.has(path)) loads.set(path, loaded);
  }
  return (path) => loads.get(path) ?? unreadable('neither ldd nor a memory map tells');
}

const isFile = (mapping: Mapping): boolean => mapping.type === 'vn';

/** grep exits 1 when no line matched: then there is no version string, and that is known. */
function versionIn(section: Section): Reading<string> {
  if (section.status === 'absent' || (section.status === '1' && section.complaint.length === 0))
    return absent;
  if (section.status !== '0') return unreadableSection(section, 'strings');
  const lines = section.content.map(decode);
  const line = lines.find((l) => /libpcap version \d/.test(l)) ?? lines[0];
  return line === undefined
    ? unreadable('strings: no version in its output')
    : read(line.trim().slice(0, 300));
}
