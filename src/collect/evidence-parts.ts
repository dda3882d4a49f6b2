import {isAscii} from 'node:buffer';

import type {Evidence} from '../model/evidence.js';
import {groupBy} from '../text/group-by.js';
import type {Remembering} from '../text/remembering-together.js';
import {rememberingTogether} from '../text/remembering-together.js';

import {patternWithParts} from './canonical-pattern.js';
import {partWithoutSecrets} from './without-secrets.js';

/** Evidence that is known to be valid; objects are made of it when somebody asks. */
export interface OpenedEvidence extends Pick<Evidence, 'host' | 'address'> {
  readonly whole: () => Evidence;
}

/** Undefined: the document is to be gone through as any other. */
export type OpenEvidence = (bytes: Uint8Array) => OpenedEvidence | undefined;

/**
 * Members that are read by what they consist of: some of it many hosts share. Each has members that
 * must be there, so one without any is not there.
 */
const APART: ReadonlySet<string> = new Set(['identity', 'rc', 'linking']);

/** What no two hosts say alike: to remember it would help nobody. */
const OF_ONE_HOST: ReadonlySet<string> = new Set([
  ...['host', 'collectedAt', 'connection', 'samples', 'thirdSample', 'holders', 'processes'],
  ...['memoryMaps', 'descriptorStats'],
  ...['identity.hostname', 'identity.time', 'identity.bootTime', 'linking.environments'],
]);

/** What there is room for; a fleet of forty kinds of hosts took a quarter. */
const ROOM = 1024 * 1024;
const LONGEST = 64 * 1024;

/** More is no ordinary host's, and a pattern takes memory while it matches. */
const LARGEST = 1024 * 1024;

/** A member of the document, or of one of its members. */
interface Part {
  readonly path: readonly string[];
  readonly make: (text: string) => unknown;
  /** Absent: only one host says it so. */
  readonly shared?: Remembering<unknown>;
}

/**
 * Reads evidence documents part by part. A part is the same for the same text, whoever said it, so
 * that what many hosts share is parsed and looked through for secrets once; the text is all it is
 * remembered by. Parts are as `withoutSecrets` leaves them.
 *
 * @returns undefined: the schema says something this does not know
 */
export function evidenceParts(schema: object): OpenEvidence | undefined {
  const known = patternWithParts(schema, APART);
  if (known === undefined) return undefined;
  const remembered = rememberingTogether(ROOM, LONGEST);
  const parts = known.paths.map((path): Part => {
    const make = (text: string): unknown => partWithoutSecrets(path, JSON.parse(text) as unknown);
    return OF_ONE_HOST.has(path.join('.')) ? {path, make} : {path, make, shared: remembered()};
  });
  const slots = slotsOf(parts);
  const [host, address] = [groupOf(parts, 'host'), groupOf(parts, 'address')];
  return (bytes) => {
    if (bytes.length > LARGEST) return undefined;
    const said = known.pattern.exec(textOf(bytes));
    if (said === null) return undefined;
    return {
      host: JSON.parse(said[host] ?? '') as string,
      address: JSON.parse(said[address] ?? '') as string,
      whole: () => joined(slots, (part) => valueOf(parts[part], said[part + 1])) as Evidence,
    };
  };
}

/** Undefined: the document does not have it. */
function valueOf(part: Part | undefined, text: string | undefined): unknown {
  if (part === undefined || text === undefined) return undefined;
  return part.shared === undefined ? part.make(text) : part.shared(text, () => part.make(text));
}

/** The first group is the whole document. */
const groupOf = (parts: readonly Part[], name: string): number =>
  parts.findIndex(({path}) => path.join('.') === name) + 1;

/** Without the newline at the end of a file. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.at(-1) === 0x0a ? buffer.length - 1 : buffer.length;
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8', 0, end);
}

/** Members in the order they are written; `inner`: one that was taken apart. */
interface Slot {
  readonly name: string;
  readonly part: number;
  readonly inner: readonly Slot[];
}

function slotsOf(parts: readonly Part[]): readonly Slot[] {
  const byName = groupBy([...parts.keys()], (i) => parts[i]?.path[0] ?? '');
  return [...byName].map(([name, own]): Slot => {
    const inner = own.flatMap((part) => {
      const below = parts[part]?.path[1];
      return below === undefined ? [] : [{name: below, part, inner: []}];
    });
    return {name, part: own[0] ?? 0, inner};
  });
}

/**
 * Object.fromEntries makes objects whose members are found fast, which those that are given so many
 * one by one are not.
 */
function joined(slots: readonly Slot[], valueOf: (part: number) => unknown): object | undefined {
  const members: [string, unknown][] = [];
  for (const {name, part, inner} of slots) {
    const value = inner.length > 0 ? joined(inner, valueOf) : valueOf(part);
    if (value !== undefined) members.push([name, value]);
  }
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
