import type {ModePolicy} from './mode.js';
import type {Waiver} from './waiver.js';

/** What the operator may want of `net.bpf.zerocopy_enable`. */
export const ZEROCOPY_WISHES = ['off', 'on', 'auto'] as const;
export type ZerocopyWish = (typeof ZEROCOPY_WISHES)[number];

/**
 * What the operator wants of a host, as the files have it: src/inventory/policy-shape.ts checks
 * each value where its line is known, so that nobody who reads it has to. Absent: no policy says.
 */
export interface Policy {
  readonly zerocopy?: ZerocopyWish;
  /**
   * Services of one's own, or corrections to the knowledge base (validated by the knowledge base's
   * schema).
   */
  readonly services?: readonly unknown[];
  /** Services (ids or rc scripts) a plan stops and switches off where it sets the value on. */
  readonly disable?: readonly string[];
  /** Services (ids or rc scripts) no plan stops, restarts or switches off. */
  readonly keep?: readonly string[];
  /** rc variables and the values they should have. */
  readonly rc?: Readonly<Record<string, string>>;
  readonly modes?: ModePolicy;
  /** Services (ids or rc scripts) whose mode is given by LD_PRELOAD in their rc variable. */
  readonly preload?: readonly string[];
  /** E.g. "Sat 02:00-04:00 UTC". */
  readonly window?: string | readonly string[];
  /** E.g. 30d, 12h or 2w. */
  readonly probeAge?: string;
  readonly signedPlans?: 'required' | 'optional';
  readonly waivers?: readonly WrittenWaiver[];
  /** What rules have to do with controls, on top of the package's; checked by its own schema. */
  readonly controls?: unknown;
}

/** A waiver as a file has it. */
export type WrittenWaiver = Omit<Waiver, 'hosts' | 'groups' | 'origin'> &
  Partial<Pick<Waiver, 'hosts' | 'groups'>>;
