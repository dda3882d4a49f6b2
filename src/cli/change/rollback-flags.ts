import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {plannedFlags, waveFlags} from '../flags.js';

/** The flags of `zbufctl rollback`. */
export const rollbackFlags = {
  ...plannedFlags,
  'dry-run': Flags.boolean({
    // The run says it, too: without a default it would be undefined there.
    default: false,
    summary: 'show what would be undone and ask every host, but change nothing',
    helpGroup: 'SAFETY',
  }),
  preview: Flags.boolean({
    default: false,
    exclusive: ['dry-run'],
    summary: 'only show what would be undone, from what is stored: no host is asked',
    helpGroup: 'SAFETY',
  }),
  ...waveFlags,
};

export type RollbackFlags = Parsed<typeof rollbackFlags>;
