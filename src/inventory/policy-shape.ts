import {ZEROCOPY_WISHES} from '../model/policy.js';
import {isoDateProblem} from '../text/iso-date.js';
import {MODES} from '../model/mode.js';
import {isRcVariable, rcValueProblem, rcVariableProblem} from '../freebsd/rc-value.js';

import {secondsOfAge} from './change-policy-reader.js';
import {GROUP_NAME, HOST_PATTERN} from './host-names.js';
import {serviceShape} from './service-shape.js';
import type {RecordShape, Shape, TextShape} from './shape.js';
import {freeText, list} from './shape.js';
import {parseWindowRange} from './window-range.js';

/** The same pattern with `*`. */
function widened(pattern: RegExp): RegExp {
  return new RegExp(pattern.source.replace(/\[A/g, '[*A'));
}

const day = (doc: string): TextShape => ({
  kind: 'text',
  what: 'a day, YYYY-MM-DD',
  doc,
  pattern: /^\d{4}-\d{2}-\d{2}$/,
  defect: (text) =>
    isoDateProblem(text) === undefined
      ? undefined
      : {message: 'is not a day of the calendar', fix: 'Write the day as YYYY-MM-DD.'},
});

/** An accepted failure; model/policy.ts has its type. */
export const waiverShape: RecordShape = {
  kind: 'record',
  what: 'a waiver',
  keys: {
    rule: {kind: 'text', what: 'the id of a rule, e.g. ZBUF-003', pattern: /^ZBUF-\d{3}$/},
    hosts: list({kind: 'text', what: 'a host name or glob', pattern: widened(HOST_PATTERN)}),
    groups: list({kind: 'text', what: 'a group name', pattern: GROUP_NAME}),
    service: freeText('the id of a service'),
    reason: freeText('a sentence'),
    approver: freeText('a name'),
    ticket: freeText('a ticket'),
    start: day('The first day it covers.'),
    expiry: day('The last day it covers.'),
  },
  required: ['rule', 'reason', 'approver', 'ticket', 'start', 'expiry'],
  oneOf: ['hosts', 'groups'],
};

const serviceName: TextShape = {
  kind: 'text',
  what: 'the id of a service, or its rc script',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
};

const rcVariable: TextShape = {
  kind: 'text',
  what: 'a variable, e.g. pflog_flags',
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  defect: (text) => {
    const message = rcVariableProblem(text);
    if (message === undefined) return undefined;
    return isRcVariable(text)
      ? {message, fix: 'Set it by hand on the host.'}
      : {message, fix: 'Use letters, digits and _, as in rc.conf(5).'};
  },
};

const rcValue: TextShape = {
  kind: 'text',
  what: 'a value in quotes, e.g. "-s 256"',
  pattern: /^[^"'`$\\\u0000-\u001f\u007f]{0,1000}$/,
  defect: (text) => {
    const problem = rcValueProblem(text);
    return problem === undefined
      ? undefined
      : {message: problem, fix: 'Write the plain value; set anything else by hand on the host.'};
  },
};

const modeOwner: TextShape = {
  kind: 'text',
  what: 'the id of a service, or the path of a program',
  pattern: /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}|(\/[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,63}){1,8})$/,
};

/** What people write for a mode, from what they know: bpf(4), minherit(2), the PR. */
const MODE_HABITS = {
  buffer: 'buffered',
  buf: 'buffered',
  off: 'buffered',
  share: 'inherit',
  shared: 'inherit',
  zbuf_inherit: 'inherit',
  none: 'private',
  zerocopy: 'zbuf',
  'zero-copy': 'zbuf',
  on: 'zbuf',
} as const;

const windowRange: TextShape = {
  kind: 'text',
  what: 'a span of time, e.g. "Sat 02:00-04:00"',
  pattern:
    /^\s*[A-Za-z][A-Za-z,-]*\s+\d\d:\d\d-\d\d:\d\d(\s+([Uu][Tt][Cc]|[Zz]|[+-]\d\d:\d\d))?\s*$/,
  defect: (text) => {
    const range = parseWindowRange(text);
    return range.ok ? undefined : range.error;
  },
};

/**
 * Every key a policy may have. THE place to add one: the reader accepts it, complains about what
 * does not fit, keeps it verbatim in `Policy`, and `zbufctl.schema.json` gets it (the schema test
 * says how to write the file anew).
 */
export const POLICY_KEYS = {
  zerocopy: {
    kind: 'word',
    doc: 'What net.bpf.zerocopy_enable should be: off, on, or auto (on only where it is proven safe).',
    words: ZEROCOPY_WISHES,
    habits: {
      true: 'on',
      false: 'off',
      yes: 'on',
      no: 'off',
      '1': 'on',
      '0': 'off',
      enabled: 'on',
      disabled: 'off',
    },
  },
  services: list(
    serviceShape,
    "Capture programs of one's own, or corrections to the knowledge base.",
  ),
  disable: list(serviceName, 'Services a plan stops and switches off where it sets the value on.'),
  keep: list(
    serviceName,
    'Services no plan stops, restarts or switches off; a host that would need it is refused.',
  ),
  rc: {
    kind: 'map',
    doc: 'rc variables and the values they should have; a service that runs is restarted for them.',
    key: rcVariable,
    of: rcValue,
  },
  modes: {
    kind: 'word-or-map',
    doc: 'Buffer modes of programs, by service or path: buffered, inherit, private, zbuf; or auto (what fits each).',
    word: {
      kind: 'word',
      words: ['auto'],
      habits: {on: 'auto', yes: 'auto', true: 'auto'},
    },
    map: {
      kind: 'map',
      key: modeOwner,
      of: {kind: 'word', words: MODES, habits: MODE_HABITS},
    },
  },
  preload: list(
    serviceName,
    'Services that load libpcap by dlopen(3): their mode is given by LD_PRELOAD in NAME_env.',
  ),
  window: {
    kind: 'one-or-list',
    doc: 'When changes may be made: days, from-to, and a zone (UTC by default).',
    of: windowRange,
  },
  probeAge: {
    kind: 'text',
    what: 'an age, e.g. 30d',
    doc: 'How old a probe may be that proves zero-copy safe: hours (12h), days (30d) or weeks (2w); 30d by default.',
    pattern: /^[1-9]\d{0,3}[hdw]$/,
    defect: (text) =>
      secondsOfAge(text) === undefined
        ? {message: 'is not an age', fix: 'Write e.g. 30d, 12h or 2w.'}
        : undefined,
  },
  signedPlans: {
    kind: 'word',
    doc: 'required: apply takes only plans that one of its --allowed-signers signed.',
    words: ['required', 'optional'],
    habits: {true: 'required', yes: 'required', false: 'optional', no: 'optional'},
  },
  waivers: list(waiverShape, 'Accepted failures, each with a reason, an owner and an end.'),
  controls: {
    kind: 'any',
    doc: 'More of report/controls.yaml: what a rule has to do with a control, checked by controls.schema.json.',
  },
} as const satisfies Readonly<Record<string, Shape>>;

/** A policy, wherever one may stand. */
export const policyShape: RecordShape = {
  kind: 'record',
  what: 'a policy',
  doc: 'What is wanted of the hosts; the closest policy wins, key by key.',
  keys: POLICY_KEYS,
};
