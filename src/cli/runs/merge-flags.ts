import type {Parsed} from '../flags.js';
import {resultFlags} from '../flags.js';

/** The flags of `zbufctl runs merge`: it shows a run as `audit` does. */
export const mergeFlags = resultFlags;

export type MergeFlags = Parsed<typeof mergeFlags>;
