import type {ForkPattern, OtherSide, RequestsZerocopy} from '../model/service.js';

import type {OneOrListShape, RecordShape, Shape, TextShape, WordShape} from './shape.js';
import {freeText, list} from './shape.js';

// Records, so that a word added to the model does not compile until it is put here. False: not for
// a policy to say, because whoever describes a program there has looked.
const PATTERNS: Readonly<Record<ForkPattern, boolean>> = {
  none: true,
  'fork-before-open': true,
  'fork-exec-after-open': true,
  'fork-helper-after-open': true,
  'fork-child-captures': true,
  'fork-both-capture': true,
  unverified: false,
};
const OTHER_SIDES: Readonly<Record<OtherSide, boolean>> = {
  none: false,
  'exits-at-once': true,
  'execs-at-once': true,
  'parent-waits': true,
  'spawns-without-copy': true,
  'execs-late': true,
  'runs-for-seconds': true,
  'lives-on': true,
  unknown: false,
};
const REQUESTS: Readonly<Record<RequestsZerocopy, boolean>> = {
  'via-libpcap': true,
  direct: true,
  never: true,
  unverified: false,
};

const oneOf = (words: Readonly<Record<string, boolean>>, doc: string): WordShape => ({
  kind: 'word',
  doc,
  words: Object.entries(words).flatMap(([word, use]) => (use ? [word] : [])),
});
const name = (what: string, pattern: RegExp, doc: string): TextShape => ({
  kind: 'text',
  what,
  pattern,
  doc,
});
const some = (of: TextShape): OneOrListShape => ({kind: 'one-or-list', of});

const pattern: Shape = oneOf(
  PATTERNS,
  'When the program forks, seen from the moment it opens the capture.',
);
const otherSide: Shape = oneOf(
  OTHER_SIDES,
  'What the process that does not capture does after the fork.',
);
const requestsZerocopy: Shape = oneOf(REQUESTS, 'Whether the program asks for zero-copy buffers.');

const OPTION = /^--?[A-Za-z0-9#?][^|\s]*(\|--?[A-Za-z0-9#?][^|\s]*)*$/;
const options = (doc: string): Shape => some(name('options, e.g. "-n" or "-C|-G"', OPTION, doc));

const variant: RecordShape = {
  kind: 'record',
  what: 'a variant',
  doc: 'Options that give another pattern; the first variant that holds wins.',
  keys: {
    given: options('All of these are on the command line.'),
    absent: options('None of these is.'),
    when: freeText('a sentence', 'The same in words, for people.'),
    pattern,
    otherSide,
    requestsZerocopy,
    note: freeText('text'),
  },
  required: ['pattern'],
  oneOf: ['given', 'absent', 'when'],
};

/**
 * One capture program of the operator's own, or a correction to one of the knowledge base (the same
 * id). What its members mean together is judged by src/knowledge/policy-service.ts, which has the
 * knowledge base.
 */
export const serviceShape: RecordShape = {
  kind: 'record',
  what: 'a service',
  keys: {
    id: name(
      'an id, e.g. flowmirror',
      /^[a-z0-9][a-z0-9_-]{0,63}$/,
      'One of the knowledge base, or a new one.',
    ),
    name: freeText('a name'),
    origin: freeText('text', 'Where the program comes from.'),
    command: some(
      name(
        'a process name',
        /^[^\s/*]{1,64}\*?$/,
        'As ps -o comm shows it; a trailing * matches the rest.',
      ),
    ),
    argumentsMatch: name(
      'a glob',
      /^\S{1,128}$/,
      'For programs that share a process name: their arguments.',
    ),
    rcScript: name(
      'the name of a script',
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'The script under rc.d.',
    ),
    rcVariable: name(
      'a variable',
      /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
      'What enables it, e.g. pflog_enable.',
    ),
    flagsVariable: some(
      name('a variable', /^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'Where its options come from.'),
    ),
    options: name('a getopt(3) string', /^\+?([A-Za-z0-9#?]:{0,2})+$/, 'How it reads its options.'),
    requestsZerocopy,
    pattern,
    otherSide,
    notes: freeText('text'),
    variants: list(variant, 'Options that change the pattern.'),
    source: freeText('text', 'Where this is known from.'),
  },
  required: ['id'],
};
