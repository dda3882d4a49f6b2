import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl doctor`. */
export const doctorFlags = {
  inventory: inventoryFlags.inventory,
  group: inventoryFlags.group,
  ...connectionFlags,
  json: resultFlags.json,
};

export type DoctorFlags = Parsed<typeof doctorFlags>;
