import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../flags.js';

const {inventory, policy} = inventoryFlags;
const {timeout, transport, 'accept-new': acceptNew} = connectionFlags;

/** The flags of `zbufctl trace`. */
export const traceFlags = {
  inventory,
  policy,
  timeout,
  transport,
  'accept-new': acceptNew,
  json: resultFlags.json,
  wait: Flags.integer({
    helpValue: 'SECONDS',
    default: 2,
    min: 1,
    max: 300,
    summary: 'time between the two looks; pflogd writes its file every 60 seconds only',
    helpGroup: 'CONNECTION',
  }),
};

export type TraceFlags = Parsed<typeof traceFlags>;
