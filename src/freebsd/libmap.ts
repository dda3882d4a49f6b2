import {withoutTrailingBlanks} from '../text/trim-blanks.js';

/** A file or folder that libmap.conf(5) names, for a reader that has it at hand. */
export interface LibmapSources {
  /** Its text; undefined: not there, or not read. */
  file(path: string): string | undefined;
  /** Its names, in the order of readdir(3). */
  folder(path: string): readonly string[] | undefined;
}

interface Mapping {
  readonly from: string;
  readonly to: string;
  readonly file: string;
}

interface Section {
  /** A program's path, its last part, or a folder that ends in /. */
  readonly constraint: string;
  /** The newest first: it wins. */
  readonly mappings: Mapping[];
}

/**
 * What rtld has made of libmap.conf. The newest section first: the first that fits is the only one
 * that counts.
 */
export type Libmap = readonly Section[];

const DEFAULT = '$DEFAULT$';
/** Longer lines are cut there (MAXPATHLEN and "includedir"). */
const LINE = 1036;

/** More mappings than anybody has: what a hostile host sends is not searched through. */
const MOST = 2000;

/**
 * Reads /etc/libmap.conf as rtld does: a straight rendering of lmc_parse and lm_add of
 * libexec/rtld-elf/libmap.c (reading); undefined: too many.
 */
export function parseLibmap(sources: LibmapSources): Libmap | undefined {
  let count = 0;
  const sections: Section[] = [];
  const done = new Set<string>();
  const parseFile = (path: string): void => {
    if (done.has(path)) return;
    const text = sources.file(path);
    if (text === undefined) return;
    done.add(path);
    let constraint = DEFAULT;
    for (const line of text.split('\n')) {
      // A comment, a carriage return and the end of the line are the same to it.
      const plain = withoutTrailingBlanks(/^[^#\r\0]*/.exec(line.slice(0, LINE))?.[0] ?? '');
      const selector = /^[ \t]*\[[ \t]*([^ \t\]]+)[ \t]*\]$/.exec(plain)?.[1];
      if (selector !== undefined) constraint = selector;
      const words = plain.split(/[ \t]+/).filter((word) => word !== '');
      const [from, to] = words;
      if (from === undefined || to === undefined || words.length !== 2 || from.startsWith('['))
        continue;
      if (from === 'include') parseFile(to);
      else if (from === 'includedir') parseFolder(to);
      else if (++count <= MOST) add(sections, constraint, {from, to, file: path});
    }
  };
  const parseFolder = (path: string): void => {
    if (done.has(path)) return;
    done.add(path);
    for (const name of sources.folder(path) ?? [])
      if (name.endsWith('.conf')) parseFile(`${path}/${name}`);
  };
  parseFile('/etc/libmap.conf');
  return count > MOST ? undefined : sections;
}

/**
 * A constraint that an earlier section fits goes into that section, as if it were a program of that
 * name.
 */
function add(sections: Section[], constraint: string, mapping: Mapping): void {
  let section = sections.find((s) => fits(s, constraint));
  if (section === undefined) sections.unshift((section = {constraint, mappings: []}));
  section.mappings.unshift(mapping);
}

const fits = ({constraint}: Section, program: string): boolean =>
  fitsConstraint(constraint, program);

/** Whether the section of a constraint is one for a program. */
export function fitsConstraint(constraint: string, program: string): boolean {
  if (constraint.endsWith('/')) return program.startsWith(constraint);
  if (constraint.includes('/')) return program === constraint;
  return program.slice(program.lastIndexOf('/') + 1) === constraint;
}

/**
 * What a program gets in the place of a library, and which file says so; undefined: the library
 * itself.
 */
export function mappedTo(
  libmap: Libmap,
  program: string,
  names: (name: string) => boolean,
): (Mapping & {readonly constraint: string}) | undefined {
  const own = libmap.find((section) => fits(section, program));
  const general = libmap.find((section) => fits(section, DEFAULT));
  for (const section of [own, general]) {
    const found = section?.mappings.find(({from}) => names(from));
    if (section !== undefined && found !== undefined)
      return {...found, constraint: section.constraint};
  }
  return undefined;
}
