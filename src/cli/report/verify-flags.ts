import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';

/** The flags of `zbufctl report verify`. */
export const verifyFlags = {
  signature: Flags.string({
    helpValue: 'FILE',
    summary: 'the signature, when it is not FILE.sig',
    helpGroup: 'SIGNATURE',
  }),
  'allowed-signers': Flags.string({
    helpValue: 'FILE',
    env: 'ZBUFCTL_ALLOWED_SIGNERS',
    summary: 'whose keys may sign, as for ssh-keygen -Y verify',
    helpGroup: 'SIGNATURE',
  }),
  identity: Flags.string({
    helpValue: 'WHO',
    dependsOn: ['allowed-signers'],
    summary: 'accept only this principal of the allowed signers',
    helpGroup: 'SIGNATURE',
  }),
  rejudge: Flags.boolean({
    summary:
      'judge again from the evidence in the report (made with --bundle): offline, no inventory',
    helpGroup: 'RESULT',
  }),
  json: Flags.boolean({
    env: 'ZBUFCTL_JSON',
    summary: 'print the result as JSON',
    helpGroup: 'RESULT',
  }),
};

export type VerifyFlags = Parsed<typeof verifyFlags>;
