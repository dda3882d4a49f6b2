import type {Asked, Shard} from './audit-run.js';

/** Which hosts a command line meant, so that they can be found in the inventory again. */
export interface MeantHosts {
  /** Host names, globs and ranges as typed; none: all. */
  readonly words: readonly string[];
  readonly groups: readonly string[];
  /** Files of the inventory, absolute; none: where zbufctl looks by itself. */
  readonly inventory: readonly string[];
  readonly policy?: string;
  /** This machine, without SSH. */
  readonly local?: true;
}

/**
 * What an audit was begun to do; stored until it is finished, so that another process can go on
 * with it.
 */
export interface AuditPurpose {
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly asked: Asked;
  readonly shard?: Shard;
  /** Names of the hosts, in the order of the run. */
  readonly hosts: readonly string[];
  readonly meant: MeantHosts;
  readonly withHelper: boolean;
}
