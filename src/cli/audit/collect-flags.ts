import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, paceFlags} from '../flags.js';

/** The flags of `zbufctl collect`. */
export const collectFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  ...paceFlags,
  print: Flags.boolean({
    summary: 'print the collector script instead, for a host that cannot be reached',
    exclusive: ['out', 'group'],
    helpGroup: 'RESULT',
  }),
  out: Flags.string({
    helpValue: 'DIR',
    summary:
      'write DIR/HOST.json for each host; without it the documents go to stdout, one per line',
    helpGroup: 'RESULT',
  }),
};

export type CollectFlags = Parsed<typeof collectFlags>;
