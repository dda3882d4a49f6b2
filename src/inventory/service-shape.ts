import type {ForkPattern, OtherSide, RequestsZerocopy} from '../model/service.js';

import type {RecordShape, Shape, TextShape} from './shape.js';
import {freeText, list} from './shape.js';

// Records, so that a word added to the model does not compile until it is listed here.
const PATTERNS: Readonly<Record<ForkPattern, true>> = {
  none: true,
  'fork-before-open': true,
  'fork-exec-after-open': true,
  'fork-helper-after-open': true,
  'fork-child-captures': true,
  'fork-both-capture': true,
  unverified: true,
};
const OTHER_SIDES: Readonly<Record<OtherSide, true>> = {
  none: true,
  'exits-at-once': true,
  'execs-at-once': true,
  'parent-waits': true,
  'spawns-without-copy': true,
  'execs-late': true,
  'runs-for-seconds': true,
  'lives-on': true,
  unknown: true,
};
const REQUESTS: Readonly<Record<RequestsZerocopy, true>> = {
  'via-libpcap': true,
  direct: true,
  never: true,
  unverified: true,
};

const pattern: Shape = {
  kind: 'word',
  doc: 'When the program forks, seen from the moment it opens the capture.',
  words: Object.keys(PATTERNS),
};
const otherSide: Shape = {
  kind: 'word',
  doc: 'What the process that does not capture does after the fork.',
  words: Object.keys(OTHER_SIDES),
};
const requestsZerocopy: Shape = {
  kind: 'word',
  doc: 'Whether the program asks for zero-copy buffers.',
  words: Object.keys(REQUESTS),
};

const command: TextShape = {
  kind: 'text',
  what: 'a process name as ps shows it (a trailing * matches the rest)',
  pattern: /^[^\s/*]+\*?$/,
};
const rcName: TextShape = {kind: 'text', what: 'a name of rc(8)', pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/};
const conditions = (doc: string): Shape => ({
  kind: 'record',
  what: 'a condition on the command line',
  doc,
  keys: {
    all: list(freeText('an option, e.g. "-z"'), 'Every one of these is given; "-C|-G" means either.'),
    none: list(freeText('an option, e.g. "-n"'), 'None of these is given.'),
  },
  oneOf: ['all', 'none'],
});

/** One capture program of the operator's own, or a correction to one of the knowledge base (the same id). */
export const serviceShape: RecordShape = {
  kind: 'record',
  what: 'a service',
  keys: {
    id: {kind: 'text', what: 'an id, e.g. sensord', pattern: /^[a-z0-9][a-z0-9._-]*$/},
    name: freeText('a name'),
    command: {...command, doc: 'The process name.'},
    commands: list(command, 'The process names, when there are several.'),
    argumentsMatch: freeText(
      'a glob',
      'For programs that share a process name: what the arguments look like.',
    ),
    rcScript: {...rcName, doc: 'Name of the script under rc.d.'},
    rcVariable: {...rcName, doc: 'The variable that enables it, e.g. pflog_enable.'},
    flagsVariables: list(rcName, 'Variables its flags come from.'),
    captureApi: freeText('a name', 'e.g. libpcap'),
    requestsZerocopy,
    pattern,
    otherSide,
    reader: freeText('a sentence', 'Which process reads the packets after the fork.'),
    notes: freeText('text'),
    variants: list({
      kind: 'record',
      what: 'a variant',
      doc: 'A setting that gives another pattern; the first that holds wins.',
      keys: {
        when: freeText('a sentence'),
        condition: conditions('Decides whether it holds.'),
        possible: conditions('Where it can hold at all.'),
        requestsZerocopy,
        pattern,
        otherSide,
        note: freeText('text'),
      },
      required: ['when', 'pattern'],
    }),
    evidence: list(freeText('a source'), 'Where it is known from.'),
  },
  required: ['id'],
};
