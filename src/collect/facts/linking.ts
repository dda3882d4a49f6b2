import type {LibmapFile, LibmapFolder, Linking} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {decode, fromSection, malformed, reason} from '../section.js';

export const SECTIONS = {
  environments: {times: 'once'},
  libmap: {times: 'each'},
  'libmap-dir': {times: 'each'},
} as const satisfies SectionKinds;

interface Sources {
  readonly libmap: readonly Section[];
  readonly folders: readonly Section[];
  readonly environments: Section | undefined;
}

/**
 * What decides which libpcap is loaded, besides the programs; undefined: a collector that did not
 * look.
 */
export function parseLinking({libmap, folders, environments}: Sources): Linking | undefined {
  if (libmap.length === 0 && environments === undefined) return undefined;
  return {
    libmap: bounded(libmap).map((section): LibmapFile => ({
      path: section.words[0] ?? '',
      // rtld ends a line at a #: no remark is kept.
      content: linesOf(section, (lines) =>
        lines.map((line) => `${line.replace(/#.*/, '')}\n`).join(''),
      ),
    })),
    libmapFolders: bounded(folders).map((section): LibmapFolder => ({
      path: section.words[0] ?? '',
      names: linesOf(section, (lines) => lines),
    })),
    environments: parseEnvironments(environments),
  };
}

/** What is left out was named by a file that is kept, and counts as one that was not read. */
const bounded = (sections: readonly Section[]): readonly Section[] =>
  sections.slice(0, LIMITS.libmaps);

function linesOf<T>(section: Section, of: (lines: readonly string[]) => T): Reading<T> {
  if (section.status === 'absent') return absent;
  if (section.status !== '0') return unreadable(reason(section, 'the file'));
  const {libmapLines: most} = LIMITS;
  if (section.content.length > most) return unreadable(`more than ${most} lines`, 'limit');
  return read(of(section.content.map((line) => decode(line.slice(0, LIMITS.path)))));
}

/** Lines "pid", for every process that was asked, and "pid LD_NAME=value". */
function parseEnvironments(section: Section | undefined): Linking['environments'] {
  const tool = 'procstat -e';
  return fromSection(section, tool, (lines) => {
    if (lines.length > LIMITS.entries)
      return unreadable(`${tool}: more than ${LIMITS.entries} variables`);
    const found = new Map<string, Map<string, string>>();
    for (const line of lines) {
      const [, pid, name, value = ''] =
        /^(\d{1,9})(?: (LD_[A-Z0-9_]{1,60})=(.*))?$/.exec(line) ?? [];
      if (pid === undefined) return malformed(tool, line);
      const variables = found.get(pid) ?? new Map<string, string>();
      if (name !== undefined) variables.set(name, unescaped(value.slice(0, LIMITS.word)));
      found.set(pid, variables);
    }
    return read(
      Object.fromEntries(
        [...found].map(([pid, variables]) => [pid, Object.fromEntries(variables)]),
      ),
    );
  });
}

/** As JSON writes it; a value that was cut may end inside an escape, and stays as it is. */
function unescaped(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}
