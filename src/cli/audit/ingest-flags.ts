import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {AUDIT_OUTPUT, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl ingest`. */
export const ingestFlags = {
  inventory: inventoryFlags.inventory,
  policy: inventoryFlags.policy,
  whole: Flags.boolean({
    summary: 'hosts of the inventory that have no record are in the run, too, as unknown',
    helpGroup: 'HOSTS',
  }),
  ...resultFlags,
  output: AUDIT_OUTPUT,
};

export type IngestFlags = Parsed<typeof ingestFlags>;
