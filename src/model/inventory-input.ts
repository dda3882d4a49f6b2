import type {Complaint, Host, Inventory} from './host.js';

/**
 * Characters. 30,000 hosts with an address each fit; a log or a disk image given by mistake does
 * not.
 */
export const MAX_INVENTORY_TEXT = 4 * 1024 * 1024;

/**
 * One file as it was read: bytes decoded as UTF-8, anything undecodable replaced by U+FFFD; cut off
 * beyond the limit.
 */
export interface InputFile {
  /** Absolute: paths inside the file are relative to its folder. Messages show it as it is. */
  readonly path: string;
  readonly text: string;
}

/** What the reader of an inventory must be told, because it looks at nothing but its arguments. */
export interface InventoryContext {
  /** Absolute; what `~` stands for. */
  readonly homeDirectory: string;
  /** The file of `--policy`: its policy overrides every policy of the inventory, key by key. */
  readonly policyFile?: InputFile;
  /**
   * The zbufctl.yaml of the default places, for an inventory given by name: counts when that has no
   * policy at all.
   */
  readonly fallbackPolicyFile?: InputFile;
  /**
   * True when an inventory without a host is fine (`--local`, hosts named on the command line).
   * Default false.
   */
  readonly mayBeEmpty?: boolean;
  /** What only those know who judge by a policy; absent: the shape is all that is checked. */
  readonly checkPolicy?: CheckPolicy;
}

/** A mistake in a policy that its shape does not show. */
export interface PolicyMistake {
  /** Keys and positions (from 0) from the policy down to the value: ['waivers', 0, 'rule']. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/**
 * Finds the mistakes of policies as files have them, not yet merged: first told the `services` of
 * all of them, since what one describes another may name.
 */
export type CheckPolicy = (
  described: readonly unknown[],
) => (policy: Readonly<Record<string, unknown>>) => readonly PolicyMistake[];

/** An inventory, or everything that is wrong with it. Warnings never stop anything. */
export type InventoryResult =
  | {readonly ok: true; readonly inventory: Inventory; readonly warnings: readonly Complaint[]}
  | {
      readonly ok: false;
      readonly complaints: readonly Complaint[];
      readonly warnings: readonly Complaint[];
    };

/** The pure reader, as the readers of io/ are handed it (they may not import it). */
export type ParseInventory = (
  files: readonly InputFile[],
  context: InventoryContext,
) => InventoryResult | Promise<InventoryResult>;

/** What the command line names. Both empty: every host. */
export interface HostSelection {
  /**
   * Exact names, globs (fw*), ranges (fw[01-04]) and `[user@]host[:port]` of hosts in no inventory.
   */
  readonly hosts: readonly string[];
  /**
   * `-g`: hosts in any of these groups. Together with `hosts`: those of `hosts` that are in one of
   * them.
   */
  readonly groups: readonly string[];
}

/** A word of the command line that selects nothing. */
export interface SelectionComplaint {
  readonly message: string;
  readonly fix: string;
}

export type SelectionResult =
  | {readonly ok: true; readonly hosts: readonly Host[]}
  | {readonly ok: false; readonly complaints: readonly SelectionComplaint[]};
