import type {Failure} from './failure.js';
import type {SomeText, Time} from './values.js';

/**
 * What others bring of a host: what collect.sh printed (HOST.txt), evidence as `zbufctl collect`
 * stores it, or why the host could not be asked (both HOST.json).
 */
export const RECORD_FORMS = ['collector-output', 'evidence', 'unreached'] as const;
export type RecordForm = (typeof RECORD_FORMS)[number];

/** Why a host could not be asked, as who tried it wrote it down. */
export interface UnreachedRecord {
  readonly schema: 'zbufctl.unreached/1';
  /** The name in the inventory. */
  readonly host: SomeText;
  /** When it was tried. */
  readonly at: Time;
  readonly failure: Failure;
}
