import type {Connection, Evidence} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {sanitize} from '../text/sanitize.js';

import {parseBoot, parseTunables} from './facts/boot.js';
import {parseConfigFile, parseMetadata} from './facts/config-files.js';
import {parseDescriptors} from './facts/descriptors.js';
import {flooded, splitFrames} from './frames.js';
import {parseHolders} from './facts/holders.js';
import {parseIdentity, parseSampleTime} from './facts/identity.js';
import {LIMITS} from './limits.js';
import {parseLinking} from './facts/linking.js';
import {parseModes} from './facts/modes.js';
import {parseMaps} from './facts/memory-map.js';
import {parseProcesses} from './facts/process-list.js';
import {parseLibraries, parsePrograms} from './facts/programs.js';
import {parseRcFile} from './facts/rc-files.js';
import {parseRc} from './facts/rc-settings.js';
import type {Section} from './section.js';
import {decode} from './section.js';
import {SECTIONS} from './sections.js';
import {parseKenv, parseOids, parseSysctls, parseUnknownOids} from './facts/sysctls.js';
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
    if (SECTIONS[section.name]?.times === 'once' || section.name === 'descriptors')
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

/** Why there is more text than is looked through in the time there is; undefined: there is not. */
function tooMuchText(sections: readonly Section[]): string | undefined {
  let [bytes, lines] = [0, 0];
  for (const {name, content} of sections) {
    if (SECTIONS[name]?.table) continue;
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
 * Names of sections this version does not know, and the collector's notes about what it left out.
 */
function unknownRecords(sections: readonly Section[]): readonly string[] {
  const unknown = sections.filter(
    ({name, status, complaint}) =>
      !Object.hasOwn(SECTIONS, name) ||
      (name === 'processes' && status === '0' && complaint.length > 0),
  );
  return unknown
    .slice(0, 100)
    .map(({name, complaint}) =>
      sanitize([name, ...complaint.map(decode)].join(': '), {limit: 300}),
    );
}
