import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {helperFlags, plannedFlags, waveFlags} from '../flags.js';

/** The flags of `zbufctl apply`. */
export const applyFlags = {
  ...plannedFlags,
  ...helperFlags,
  'dry-run': Flags.boolean({
    // The run says it, too: without a default it would be undefined there.
    default: false,
    summary: 'show the plan and check every host as it is now, but change nothing',
    helpGroup: 'SAFETY',
  }),
  'allowed-signers': Flags.string({
    helpValue: 'FILE',
    env: 'ZBUFCTL_ALLOWED_SIGNERS',
    summary:
      'take only a plan that one of these signed (FILE.sig, namespace zbufctl-plan), as for ssh-keygen -Y verify',
    helpGroup: 'SAFETY',
  }),
  resume: Flags.string({
    helpValue: 'RUN',
    summary: 'continue a stopped run: ask lost hosts how they are, change those not started',
    helpGroup: 'SAFETY',
  }),
  ...waveFlags,
  'confirm-timeout': Flags.integer({
    helpValue: 'SECONDS',
    default: 120,
    env: 'ZBUFCTL_CONFIRM_TIMEOUT',
    min: 5,
    max: 86_400,
    summary: 'how long a changed host waits to be confirmed before it undoes the change by itself',
    helpGroup: 'SAFETY',
  }),
};

export type ApplyFlags = Parsed<typeof applyFlags>;
