import {Flags} from '@oclif/core';

import {CHECK_FORMATS} from '../../model/check-format.js';
import type {Parsed} from '../flags.js';
import {inventoryFlags} from '../flags.js';

/** The flags of `zbufctl export check`. */
export const checkFlags = {
  inventory: inventoryFlags.inventory,
  policy: inventoryFlags.policy,
  as: Flags.option({
    options: CHECK_FORMATS,
    required: true,
    summary: 'what asks: one file is made for each',
    helpGroup: 'RESULT',
  })(),
  output: Flags.string({
    char: 'o',
    helpValue: 'FILE',
    summary: 'where to write it; without it, it goes to stdout',
    helpGroup: 'RESULT',
  }),
};

export type CheckFlags = Parsed<typeof checkFlags>;
