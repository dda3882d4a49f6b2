import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {AUDIT_OUTPUT, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl report`. */
export const reportFlags = {
  ...inventoryFlags,
  ...resultFlags,
  output: AUDIT_OUTPUT,
  baseline: Flags.string({
    helpValue: 'RUN',
    summary: 'show what is new, fixed, changed and gone since this audit',
    helpGroup: 'RESULT',
  }),
  trend: Flags.integer({
    helpValue: 'N',
    default: 10,
    min: 0,
    max: 1000,
    env: 'ZBUFCTL_TREND',
    summary: 'earlier audits the trend shows',
    helpGroup: 'RESULT',
  }),
  title: Flags.string({
    helpValue: 'TEXT',
    env: 'ZBUFCTL_TITLE',
    summary: 'title of the report',
    helpGroup: 'RESULT',
  }),
  bundle: Flags.string({
    helpValue: 'FILE',
    env: 'ZBUFCTL_BUNDLE',
    summary: 'also write the report with all it was judged from, for report verify --rejudge',
    helpGroup: 'RESULT',
  }),
  sign: Flags.string({
    helpValue: 'KEY|agent',
    env: 'ZBUFCTL_SIGN',
    summary:
      'sign each file into FILE.sig: a private key, a public key whose other half ssh-agent has, or "agent"',
    helpGroup: 'RESULT',
  }),
};

export type ReportFlags = Parsed<typeof reportFlags>;
