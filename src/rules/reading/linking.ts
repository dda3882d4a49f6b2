import type {Evidence, Linking} from '../../model/evidence.js';
import type {ShownReading} from '../../model/finding.js';
import type {Service} from '../../model/service.js';
import type {Reading, Unreadable} from '../../model/reading.js';
import {unreadable} from '../../model/reading.js';
import type {Libmap} from '../../freebsd/libmap.js';
import {mappedTo, parseLibmap} from '../../freebsd/libmap.js';
import {oncePer} from '../../text/once-per.js';

import {shownReading, shownValue} from './shown-reading.js';

/** Of a library's path or name: by its last part, so that a long hostile path costs nothing. */
export const isLibpcap = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('libpcap') && name.includes('.so');
};

/** What libmap.conf(5) makes of a program's libpcap. */
export interface Mapped {
  /** `unknown`: libmap.conf could not be read whole. */
  readonly state: 'plain' | 'mapped' | 'unknown';
  readonly to?: string;
  /** The section and the file that say so, for people. */
  readonly by?: string;
  readonly because: readonly ShownReading[];
}

const PLAIN: Mapped = {state: 'plain', because: []};

/** The mapping rtld finds for the libpcap of a program; without a path: for that of any program. */
export function mappingOf(evidence: Evidence, program: string | undefined): Mapped {
  if (evidence.linking === undefined) return PLAIN;
  const {libmap, unread} = libmapOf(evidence);
  const found =
    program === undefined
      ? libmap
          ?.flatMap((s) => s.mappings.map((m) => ({...m, constraint: s.constraint})))
          .find((m) => isLibpcap(m.from))
      : libmap === undefined
        ? undefined
        : mappedTo(libmap, program, isLibpcap);
  const gaps = unread.map(({path, why}) => shownReading(path, 'libmap.conf(5)', why));
  if (found === undefined)
    return libmap === undefined || unread.length > 0 ? {state: 'unknown', because: gaps} : PLAIN;
  const {from, to, constraint, file} = found;
  const line = shownValue(
    'libpcap mapped by libmap.conf(5)',
    file,
    `[${constraint}] ${from} ${to}`,
  );
  return {
    state: unread.length > 0 ? 'unknown' : 'mapped',
    to,
    by: `[${constraint}] in ${file}`,
    because: [line, ...gaps],
  };
}

interface Known {
  /** Undefined: longer than anybody's. */
  readonly libmap: Libmap | undefined;
  /** What it names, and nobody could read. */
  readonly unread: readonly {readonly path: string; readonly why: Unreadable}[];
}

const NOT_COLLECTED = unreadable('it was not collected: too many files name each other', 'limit');

const libmapOf = ({linking}: Evidence): Known =>
  parsedWith(linking?.libmap ?? NO_FILES)(linking?.libmapFolders ?? NO_FOLDERS);

const NO_FILES: Linking['libmap'] = [];
const NO_FOLDERS: Linking['libmapFolders'] = [];

/** Parsed once. */
const parsedWith = oncePer((libmap: Linking['libmap']) =>
  oncePer((libmapFolders: Linking['libmapFolders']): Known => {
    const files = new Map(libmap.map(({path, content}) => [path, content]));
    const folders = new Map(libmapFolders.map(({path, names}) => [path, names]));
    const unread = new Map<string, Unreadable>();
    const taken = <T>(path: string, reading: Reading<T> | undefined): T | undefined => {
      if (reading?.state === 'read') return reading.value;
      if (reading?.state !== 'absent') unread.set(path, reading ?? NOT_COLLECTED);
      return undefined;
    };
    const parsed = parseLibmap({
      file: (path) => taken(path, files.get(path)),
      folder: (path) => {
        // The collector tells of a folder that is not there as of a file.
        const file = files.get(path);
        return taken(path, folders.get(path) ?? (file?.state === 'read' ? undefined : file));
      },
    });
    return {libmap: parsed, unread: [...unread].map(([path, why]) => ({path, why}))};
  }),
);

/** Variables of rtld(1) that load nothing else, and look for nothing elsewhere. */
const HARMLESS = new Set(
  'BIND_NOW BIND_NOT DEBUG DEBUG_VERBOSE DUMP_REL_PRE DUMP_REL_POST SHOW_AUXV UTRACE STATIC_TLS_EXTRA'.split(
    ' ',
  ),
);

/** LD_ variables that can change which libpcap is loaded, by name, and where each was seen. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** A file of variables that was not read. */
  readonly file?: string;
  readonly because: readonly ShownReading[];
}

/**
 * What rc sets for a service: <name>_env, and that of its instances, whose names begin the same
 * (pflog1_env).
 */
export function variablesOfService(evidence: Evidence, service: Service | undefined): Variables {
  const {variables} = evidence.rc;
  const prefix = service?.rcVariable?.replace(/_enable$/, '');
  if (prefix === undefined || variables.state !== 'read') return {values: new Map(), because: []};
  const values = new Map<string, string>();
  const readings: ShownReading[] = [];
  let file: string | undefined;
  for (const [name, value] of environmentsOf(variables.value)) {
    if (!name.startsWith(prefix) || !/^\d*_(\w+_)?env(_file)?$/.test(name.slice(prefix.length)))
      continue;
    if (name.endsWith('_env_file') && value !== '') {
      file = value;
      readings.push(shownValue(name, 'rc.conf', value));
      continue;
    }
    for (const [variable, text] of relevant(value.split(/[ \t\n]+/))) {
      values.set(variable, text);
      readings.push(shownValue(`${variable} in ${name}`, 'rc.conf', text));
    }
  }
  return {values, because: readings, ...(file === undefined ? {} : {file})};
}

/** The few rc variables that are an environment: looked for once, every service asks. */
const environmentsOf = oncePer(
  (variables: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
    Object.entries(variables).filter(([name]) => name.endsWith('env') || name.endsWith('env_file')),
);

/** Whether rc gives any service something to preload. */
export const anyPreload = (evidence: Evidence): boolean =>
  evidence.rc.variables.state === 'read' &&
  environmentsOf(evidence.rc.variables.value).some(([, value]) => value.includes('PRELOAD'));

/** What a process was started with. */
export function variablesOfProcess(evidence: Evidence, pid: number): Variables {
  const environments = evidence.linking?.environments;
  const source = `procstat -e ${pid}`;
  const own = environments?.state === 'read' ? environments.value[String(pid)] : undefined;
  if (environments !== undefined && own === undefined) {
    const why =
      environments.state === 'unreadable' ? environments : unreadable('this process was not asked');
    return {values: new Map(), because: [shownReading(`LD_ variables of pid ${pid}`, source, why)]};
  }
  const values = new Map(
    relevant(Object.entries(own ?? {}).map(([name, value]) => `${name}=${value}`)),
  );
  return {
    values,
    because: [...values].map(([name, value]) => shownValue(`${name} of pid ${pid}`, source, value)),
  };
}

/** LD_32_ and LD_64_ are the same for another kind of program. */
const relevant = (words: readonly string[]): readonly (readonly [string, string])[] =>
  words.flatMap((word) => {
    const [, name, plain, value] = /^(LD_(?:32_|64_)?([A-Z0-9_]+))=(.*)$/.exec(word) ?? [];
    if (name === undefined || plain === undefined || value === undefined || value === '') return [];
    return HARMLESS.has(plain) ? [] : [[name, value] as const];
  });

/** The objects LD_PRELOAD names: separated by blanks, colons or semicolons (rtld.c, reading). */
export const preloadedBy = ({values}: Variables): readonly string[] =>
  [...values].flatMap(([name, value]) =>
    name.endsWith('PRELOAD') ? value.split(/[ \t:;]+/).filter((path) => path !== '') : [],
  );

/** Everything of libmap.conf that was collected, by path. */
export const libmapFiles = ({linking}: Evidence): ReadonlyMap<string, Reading<string>> =>
  new Map((linking?.libmap ?? []).map(({path, content}) => [path, content]));

/** Something that is put before a libpcap or in its place, whoever did it. */
export interface Foreign {
  readonly path: string;
  /** A sentence. */
  readonly text: string;
  readonly reading: ShownReading;
}

/** How many are named: a host can make up any number of them. */
const NAMED = 8;

/** Every mapping of a libpcap, and every LD_PRELOAD of a process or a service. */
export function foreignLinking(evidence: Evidence): readonly Foreign[] {
  const mapped = (libmapOf(evidence).libmap ?? []).flatMap(({constraint, mappings}) =>
    mappings
      .filter(({from}) => isLibpcap(from))
      .map(({from, to, file}): Foreign => ({
        path: to,
        text: `${file} maps ${from} to ${to} for [${constraint}].`,
        reading: shownValue(
          'libpcap mapped by libmap.conf(5)',
          file,
          `[${constraint}] ${from} ${to}`,
        ),
      })),
  );
  const {environments} = evidence.linking ?? {};
  const own = environments?.state === 'read' ? Object.keys(environments.value) : [];
  const processes = own.map(
    (pid) => [`pid ${pid}`, variablesOfProcess(evidence, Number(pid))] as const,
  );
  const {variables} = evidence.rc;
  const set = variables.state === 'read' ? Object.entries(variables.value) : [];
  const services = set
    .filter(([name]) => name.endsWith('_env'))
    .map(
      ([name, value]) =>
        [name, {values: new Map(relevant(value.split(/[ \t\n]+/))), because: []}] as const,
    );
  const preloaded = [...services, ...processes].flatMap(([who, variable]) =>
    preloadedBy(variable).map((path): Foreign => ({
      path,
      text: `LD_PRELOAD of ${who} loads ${path} first.`,
      reading: shownValue(
        `LD_PRELOAD of ${who}`,
        who.startsWith('pid') ? 'procstat -e' : 'rc.conf',
        path,
      ),
    })),
  );
  return [...mapped, ...preloaded].slice(0, NAMED);
}

/**
 * Every section with a constraint and the files it comes from; undefined: not all of it could be
 * read.
 */
export function libmapSections(
  evidence: Evidence,
): readonly {readonly constraint: string; readonly file: string}[] | undefined {
  const {libmap, unread} = libmapOf(evidence);
  if (libmap === undefined || unread.length > 0) return undefined;
  return libmap.flatMap(({constraint, mappings}) =>
    [...new Set(mappings.map(({file}) => file))]
      .filter(() => constraint !== '$DEFAULT$')
      .map((file) => ({constraint, file})),
  );
}

/**
 * Whether /etc/libmap.conf, or what it includes, includes a folder; one that is not there yet is
 * told of as a file.
 */
export const includesFolder = ({linking}: Evidence, folder: string): boolean =>
  linking?.libmapFolders.some(({path}) => path === folder) === true ||
  linking?.libmap.some(({path, content}) => path === folder && content.state === 'absent') === true;
