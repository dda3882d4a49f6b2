import {isoDateProblem} from '../text/iso-date.js';

import {GROUP_NAME, HOST_PATTERN} from './host-names.js';
import {serviceShape} from './service-shape.js';
import type {RecordShape, Shape, TextShape} from './shape.js';
import {freeText, list} from './shape.js';

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

/** An accepted failure; src/inventory/waiver-reader.ts makes the model's Waiver of it. */
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

/**
 * Every key a policy may have. THE place to add one: the reader accepts it, complains about what does not fit, keeps
 * it verbatim in `Policy`, and `zbufctl.schema.json` gets it (the schema test says how to write the file anew).
 */
export const POLICY_KEYS = {
  zerocopy: {
    kind: 'word',
    doc: 'What net.bpf.zerocopy_enable should be: off, on, or auto (on only where it is proven safe).',
    words: ['off', 'on', 'auto'],
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
  services: list(serviceShape, "Capture programs of one's own, or corrections to the knowledge base."),
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
