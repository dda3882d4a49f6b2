import type {Parsed} from '../flags.js';
import {AUDIT_OUTPUT, resultFlags} from '../flags.js';

/** The flags of `zbufctl runs merge`: it shows a run as `audit` does. */
export const mergeFlags = {...resultFlags, output: AUDIT_OUTPUT};

export type MergeFlags = Parsed<typeof mergeFlags>;
