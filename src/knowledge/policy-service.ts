import type {
  FlagCondition,
  ForkPattern,
  OtherSide,
  RequestsZerocopy,
  Service,
  ServiceVariant,
} from '../model/service.js';

import {FORK_PATTERNS, OTHER_SIDES} from './phrases.js';
import type {PolicyEntry} from './policy-entry.js';

/** A service as a policy states it; absent members keep what the knowledge base says. */
export type PolicyService = Partial<Omit<Service, 'id'>> & {readonly id: string};

const PATTERNS = FORK_PATTERNS.filter((pattern) => pattern !== 'unverified');
const STATED_SIDES = OTHER_SIDES.filter((side) => side !== 'none' && side !== 'unknown');
const REQUESTS: readonly RequestsZerocopy[] = ['via-libpcap', 'direct', 'never'];

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const COMMAND = /^[^\s/*\p{Cc}\p{Cf}]{1,64}\*?$/u;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const GLOB = /^[^\s\p{Cc}\p{Cf}]{1,128}$/u;
const GETOPT = /^\+?([A-Za-z0-9#?]:{0,2})+$/;
const OPTION = /^--?[A-Za-z0-9#?][^|\s]*(\|--?[A-Za-z0-9#?][^|\s]*)*$/;

/** Reads one item of policy.services; `undefined`, with complaints, when it has no usable id. */
export function readPolicyService(entry: PolicyEntry): PolicyService | undefined {
  const id = entry.matching('id', ID, 'flowmirror');
  if (id === undefined && !entry.has('id'))
    entry.complain('it has no id', 'Give it one: id: flowmirror.');
  const pattern = entry.choice('pattern', PATTERNS);
  const otherSide = otherSideOf(entry, pattern);
  const variants = entry.entries('variants')?.flatMap((item) => readVariant(item) ?? []);
  const command = entry.texts('command', COMMAND, 'flowmirrord, the process name in ps -o comm');
  const flags = entry.texts('flagsVariable', VARIABLE, 'flowmirror_flags');
  const short = entry.matching('options', GETOPT, '"dfi:", the getopt(3) string of the program');
  const source = entry.text('source');
  const stated = {
    name: entry.text('name'),
    origin: entry.text('origin'),
    commands: command,
    argumentsMatch: entry.matching('argumentsMatch', GLOB, '"*/mirror.py"'),
    rcScript: entry.matching('rcScript', NAME, 'flowmirror, as under /usr/local/etc/rc.d'),
    rcVariable: entry.matching('rcVariable', VARIABLE, 'flowmirror_enable'),
    flagsVariables: flags,
    options: short === undefined ? undefined : ({style: 'getopt', short, long: {}} as const),
    requestsZerocopy: entry.choice('requestsZerocopy', REQUESTS),
    pattern,
    otherSide,
    notes: entry.text('notes'),
    variants,
    evidence: [source === undefined ? 'policy' : `policy: ${source}`],
  };
  entry.refuseOtherKeys();
  return id === undefined ? undefined : {id, ...defined(stated)};
}

/** A pattern that forks after the open means nothing without what the other process does. */
function otherSideOf(entry: PolicyEntry, pattern: ForkPattern | undefined): OtherSide | undefined {
  const stated = entry.choice('otherSide', STATED_SIDES);
  if (pattern === undefined) return stated;
  if (pattern === 'none' || pattern === 'fork-before-open') {
    if (stated !== undefined) {
      entry.complain(
        `otherSide has no meaning for the pattern ${pattern}`,
        'Remove otherSide, or correct the pattern.',
      );
    }
    return 'none';
  }
  if (stated === undefined && !entry.has('otherSide')) {
    entry.complain(
      `the pattern ${pattern} needs otherSide`,
      `Say what the other process does after the fork: ${STATED_SIDES.join(', ')}.`,
    );
  }
  return stated;
}

function readVariant(entry: PolicyEntry): ServiceVariant | undefined {
  const given = entry.texts('given', OPTION, '[-n, -z, "-C|-G"]');
  const absent = entry.texts('absent', OPTION, '[-d]');
  const condition: FlagCondition | undefined =
    given === undefined && absent === undefined
      ? undefined
      : {all: given ?? [], none: absent ?? []};
  const when = entry.text('when') ?? (condition === undefined ? undefined : phrase(condition));
  const pattern = entry.choice('pattern', PATTERNS);
  const otherSide = otherSideOf(entry, pattern);
  const requestsZerocopy = entry.choice('requestsZerocopy', REQUESTS);
  const note = entry.text('note');
  entry.refuseOtherKeys();
  const unreadable =
    (entry.has('given') && given === undefined) || (entry.has('absent') && absent === undefined);
  if (when === undefined && !unreadable) {
    entry.complain('it does not say when', 'Add given or absent (options), or when (for people).');
  }
  if (pattern === undefined && !entry.has('pattern')) {
    entry.complain('it has no pattern', `Write one of: ${PATTERNS.join(', ')}.`);
  }
  if (when === undefined || pattern === undefined || otherSide === undefined || unreadable)
    return undefined;
  return {when, pattern, otherSide, ...defined({condition, requestsZerocopy, note})};
}

const phrase = ({all, none}: FlagCondition): string =>
  [...all, ...none.map((option) => `without ${option}`)].join(' ');

type Defined<T> = {readonly [K in keyof T]?: Exclude<T[K], undefined>};

/** The members that are there. */
const defined = <T extends object>(members: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
