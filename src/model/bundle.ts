import type {Evidence} from './evidence.js';
import type {Policy} from './policy.js';
import type {ModeObject} from './mode.js';
import type {StoredProbe} from './probe.js';
import type {Report} from './report.js';
import type {Sha256} from './values.js';
import type {Waiver} from './waiver.js';

/**
 * A report with everything it was judged from, so that somebody who has nothing else can judge it
 * again.
 */
export interface Bundle {
  readonly schema: 'zbufctl.bundle/1';
  /** @ref urn:zbufctl:report:1 */
  readonly report: Report;
  readonly rules: RuleSet;
  /** Hosts that said something; by name, as in the report. */
  readonly hosts: readonly BundledHost[];
  /** Absent: there was no inventory, so what the audits stored of waivers stood. */
  readonly waivers?: readonly Waiver[];
  /** The objects of the package that give a program a buffer mode. */
  readonly modeObjects: readonly ModeObject[];
}

/** Which rules and knowledge judged. */
export interface RuleSet {
  /** Of zbufctl. */
  readonly version: string;
  /** Of the rules' texts and of the knowledge base, canonical JSON. */
  readonly digest: Sha256;
}

export interface BundledHost {
  readonly host: string;
  /** @ref urn:zbufctl:inventory:1#/properties/policy */
  readonly policy: Policy;
  /** The newest probe at the time of the audit; absent: none. */
  readonly probe?: StoredProbe;
  /**
   * Absent: it is not stored any more.
   * @ref urn:zbufctl:evidence:1
   */
  readonly evidence?: Evidence;
}
