import type {Connection, Evidence, Mapping} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {Reading} from '../model/reading.js';
import {unreadable} from '../model/reading.js';
import {sanitize} from '../text/sanitize.js';

import {parseBoot, parseTunables} from './boot.js';
import {parseConfigFile, parseMetadata} from './config-files.js';
import {parseDescriptors} from './descriptors.js';
import {flooded, splitFrames} from './frames.js';
import {parseHolders} from './holders.js';
import {parseIdentity, parseSampleTime} from './identity.js';
import {LIMITS} from './limits.js';
import {parseLinking} from './linking.js';
import {parseModes} from './modes.js';
import {parseMemoryMap} from './memory-map.js';
import {parseProcesses} from './process-list.js';
import {parseLibraries, parsePrograms} from './programs.js';
import {parseRcFile} from './rc-files.js';
import {parseRc} from './rc-settings.js';
import type {Section} from './section.js';
import {decode, reason} from './section.js';
import {parseKenv, parseOids, parseSysctls, parseUnknownOids} from './sysctls.js';
import {wholeNumber} from './whole-number.js';
import {withoutSecrets} from './without-secrets.js';

/** What the controller knows of a collection besides the bytes. */
export interface CollectionMeta {
  readonly host: string;
  readonly address: string;
  /** ISO 8601 UTC, when collection started. */
  readonly collectedAt: string;
  readonly connection?: Connection;
  /** What came on stderr: quoted when the host ran something else than the collector. */
  readonly stderr?: Uint8Array;
}

/** Sections that come once, by name, and those that come once for each of something. */
const SINGLE = new Set(
  (
    'practice uid system uname versions hostname bpf jailed securelevel boottime kenv product metadata oids oids-writable oids-tunable boot tunables variables ' +
    'enabled undecided old-style commands holders processes programs ldd environments modes'
  ).split(' '),
);
const REPEATED = new Set([
  'descriptors',
  'config',
  'rc',
  'link',
  'map',
  'strings',
  'libmap',
  'libmap-dir',
]);

/**
 * Evidence from the bytes the collector (templates/collect) printed. A stream that is not whole is
 * a failure (see splitFrames); in a whole one, a section that is missing, refused or malformed
 * makes its own reading unreadable, with the reason. Never throws, whatever the bytes.
 */
export function parseCollectorOutput(bytes: Uint8Array, meta: CollectionMeta): Result<Evidence> {
  const frames = splitFrames(bytes, meta.stderr);
  if (!frames.ok) return frames;
  const all = frames.value;
  const tooMuch = tooMuchText(all);
  if (tooMuch !== undefined) return fail(flooded(tooMuch));
  const single = new Map<string, Section>();
  for (const section of all) {
    const key =
      section.name === 'descriptors' ? `descriptors ${section.words[0] ?? ''}` : section.name;
    // Said twice is not said: neither is believed.
    const again: Section = {
      ...section,
      content: [],
      complaint: ['reported twice'],
      status: 'unreadable',
    };
    if (SINGLE.has(section.name) || section.name === 'descriptors')
      single.set(key, single.has(key) ? again : section);
  }
  const named = (name: string): readonly Section[] =>
    all.filter((section) => section.name === name);

  const identity = parseIdentity(single);
  const root = identity.uid.state === 'read' && identity.uid.value === 0;
  const metadata = parseMetadata(single.get('metadata'), named('link'));
  const rc = parseRc(
    single,
    named('rc').map((section) => parseRcFile(section, metadata)),
  );
  const processes = parseProcesses(single.get('processes'), root);
  const memoryMaps = parseMaps(named('map'), processes, root, named('more-maps')[0]);
  const linking = parseLinking({
    libmap: named('libmap'),
    folders: named('libmap-dir'),
    environments: single.get('environments'),
  });
  const first = single.get('descriptors first');
  const second = single.get('descriptors second');
  const third = single.get('descriptors third');

  const evidence: Evidence = {
    schema: 'zbufctl.evidence/1',
    host: meta.host,
    address: meta.address,
    collectedAt: meta.collectedAt,
    practice: single.has('practice'),
    ...(meta.connection === undefined ? {} : {connection: meta.connection}),
    identity,
    sysctls: parseSysctls(single.get('bpf')),
    kenv: parseKenv(single.get('kenv'), identity.jailed),
    files: named('config').map((section) => parseConfigFile(section, metadata)),
    unknownOids: parseUnknownOids(single.get('oids')),
    oids: parseOids(single),
    // Of a collector that did not look yet, nothing is claimed: neither read nor failed to read.
    ...(single.has('boot') ? {boot: parseBoot(single.get('boot'))} : {}),
    tunables: parseTunables(single.get('tunables')),
    rc,
    samples: [
      {at: parseSampleTime(first), descriptors: parseDescriptors(first, root)},
      {at: parseSampleTime(second), descriptors: parseDescriptors(second, root)},
    ],
    ...(third === undefined
      ? {}
      : {thirdSample: {at: parseSampleTime(third), descriptors: parseDescriptors(third, root)}}),
    holders: parseHolders(single.get('holders'), root),
    processes,
    memoryMaps,
    libraries: parseLibraries(named('strings'), single.get('programs')),
    programs: parsePrograms({
      kinds: single.get('programs'),
      ldd: single.get('ldd'),
      strings: named('strings'),
      commands: rc.commands,
      maps: memoryMaps,
    }),
    ...(linking === undefined ? {} : {linking}),
    ...(single.has('modes') ? {modes: parseModes(single.get('modes'))} : {}),
    unknownRecords: unknownRecords(all),
  };
  return ok(withoutSecrets(evidence));
}

/**
 * Sections that are tables of the kernel and lists of paths: they are not looked through for
 * secrets.
 */
const TABLES = new Set(
  'descriptors holders map programs ldd strings enabled commands metadata link'.split(' '),
);

/** Why there is more text than is looked through in the time there is; undefined: there is not. */
function tooMuchText(sections: readonly Section[]): string | undefined {
  let [bytes, lines] = [0, 0];
  for (const {name, content} of sections) {
    if (TABLES.has(name)) continue;
    lines += content.length;
    for (const line of content) bytes += line.length;
  }
  if (bytes > LIMITS.freeText)
    return `more than ${LIMITS.freeText} bytes of settings and arguments`;
  return lines > LIMITS.freeLines
    ? `more than ${LIMITS.freeLines} lines of settings and arguments`
    : undefined;
}

/**
 * A map for every process in the list: read, or why not. `cutShort`: the collector's note that it
 * read not all.
 */
function parseMaps(
  sections: readonly Section[],
  processes: Evidence['processes'],
  root: boolean,
  cutShort: Section | undefined,
): Evidence['memoryMaps'] {
  const maps = new Map<string, Reading<readonly Mapping[]>>();
  const missing =
    cutShort === undefined
      ? unreadable('the host did not report procstat -v of it')
      : unreadable(`not read: ${reason(cutShort, 'procstat -v')}`, 'limit');
  for (const {pid} of processes.state === 'read' ? processes.value : [])
    maps.set(String(pid), missing);
  const seen = new Set<string>();
  let mappings = 0;
  for (const section of sections.slice(0, LIMITS.maps)) {
    mappings += section.content.length;
    const key = section.words[0] ?? '';
    const pid = wholeNumber(key);
    if (pid === undefined || key !== String(pid)) continue;
    const map =
      mappings > LIMITS.allMappings
        ? unreadable(`more than ${LIMITS.allMappings} mappings together`, 'limit')
        : parseMemoryMap(section, pid, root);
    maps.set(key, seen.has(key) ? unreadable('reported twice') : map);
    seen.add(key);
  }
  return Object.fromEntries(maps);
}

/**
 * Names of sections this version does not know, and the collector's notes about what it left out.
 */
function unknownRecords(sections: readonly Section[]): readonly string[] {
  const unknown = sections.filter(
    ({name, status, complaint}) =>
      (!SINGLE.has(name) && !REPEATED.has(name)) ||
      (name === 'processes' && status === '0' && complaint.length > 0),
  );
  return unknown
    .slice(0, 100)
    .map(({name, complaint}) =>
      sanitize([name, ...complaint.map(decode)].join(': '), {limit: 300}),
    );
}
