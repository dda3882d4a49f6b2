import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl plan`. */
export const planFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  json: resultFlags.json,
  output: resultFlags.output,
  from: Flags.string({
    helpValue: 'RUN',
    summary:
      'plan from a stored audit instead: its id, the start of one, or "latest" (the newest evidence of every host)',
    exclusive: ['group'],
    helpGroup: 'HOSTS',
  }),
  sign: Flags.string({
    helpValue: 'KEY|agent',
    env: 'ZBUFCTL_SIGN',
    summary:
      'sign the plan, and each file it is written to, into FILE.sig: a private key, a public key whose other half ssh-agent has, or "agent"',
    helpGroup: 'CHANGES',
  }),
  each: Flags.string({
    helpValue: 'DIR',
    summary:
      'save a plan for each host instead, DIR/HOST.json: to apply them one by one, e.g. with Ansible',
    helpGroup: 'CHANGES',
  }),
  'clean-duplicates': Flags.boolean({
    env: 'ZBUFCTL_CLEAN_DUPLICATES',
    summary: 'also remove lines of the sysctl.conf files that are not in force',
    helpGroup: 'CHANGES',
  }),
};

export type PlanFlags = Parsed<typeof planFlags>;
