import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {inventoryFlags} from '../flags.js';

/** The flags of `zbufctl waivers export`. */
export const waiverExportFlags = {
  inventory: inventoryFlags.inventory,
  policy: inventoryFlags.policy,
};
export type WaiverExportFlags = Parsed<typeof waiverExportFlags>;

/** The flags of `zbufctl waivers import`: what a waiver says and InSpec does not. */
export const waiverImportFlags = {
  approver: Flags.string({
    required: true,
    helpValue: 'NAME',
    summary: 'who accepts the risk',
    helpGroup: 'WAIVER',
  }),
  ticket: Flags.string({
    required: true,
    helpValue: 'ID',
    summary: 'where that was decided',
    helpGroup: 'WAIVER',
  }),
  for: Flags.string({
    helpValue: 'HOST',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'hosts it covers: names or globs (repeatable)',
    helpGroup: 'WAIVER',
  }),
  'for-group': Flags.string({
    helpValue: 'GROUP',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'groups it covers (repeatable)',
    helpGroup: 'WAIVER',
  }),
  start: Flags.string({
    helpValue: 'YYYY-MM-DD',
    summary: 'first day it covers; today (UTC) without it',
    helpGroup: 'WAIVER',
  }),
  expiry: Flags.string({
    helpValue: 'YYYY-MM-DD',
    summary: 'last day of entries that have no expiration_date',
    helpGroup: 'WAIVER',
  }),
};
export type WaiverImportFlags = Parsed<typeof waiverImportFlags>;
