import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, waveFlags} from '../flags.js';

/** The flags of `zbufctl export ansible`. */
export const ansibleFlags = {
  inventory: inventoryFlags.inventory,
  policy: inventoryFlags.policy,
  timeout: connectionFlags.timeout,
  canary: waveFlags.canary,
  batch: waveFlags.batch,
  'max-failures': waveFlags['max-failures'],
  out: Flags.string({
    required: true,
    helpValue: 'DIR',
    summary: 'the folder of the collection; what an earlier export wrote there is replaced',
    helpGroup: 'RESULT',
  }),
};

export type AnsibleFlags = Parsed<typeof ansibleFlags>;
