import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {inventoryFlags} from '../flags.js';

/** The flags of `zbufctl runs prune`. */
export const pruneFlags = {
  inventory: inventoryFlags.inventory,
  keep: Flags.string({
    aliases: ['older-than'],
    helpValue: 'DAYSd',
    env: 'ZBUFCTL_KEEP',
    summary: 'keep runs that ended within so many days (or --older-than)',
    helpGroup: 'RETENTION',
  }),
  'at-least': Flags.integer({
    helpValue: 'N',
    min: 1,
    max: 10_000,
    env: 'ZBUFCTL_AT_LEAST',
    summary: 'keep the newest N of each kind, however old',
    helpGroup: 'RETENTION',
  }),
  baseline: Flags.string({
    helpValue: 'RUN',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    env: 'ZBUFCTL_BASELINE',
    summary: 'keep this run (repeatable)',
    helpGroup: 'RETENTION',
  }),
  // Without a variable: nothing in the surroundings shall make a command delete.
  yes: Flags.boolean({summary: 'remove without asking', helpGroup: 'RETENTION'}),
  json: Flags.boolean({env: 'ZBUFCTL_JSON', summary: 'print it as JSON', helpGroup: 'RESULT'}),
};

export type PruneFlags = Parsed<typeof pruneFlags>;
