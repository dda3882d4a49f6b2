import type {BecomeMethod} from '../model/host.js';
import type {Policy} from '../model/policy.js';
import type {Notifier} from '../model/notify.js';
import type {Retention} from '../model/prune.js';

import type {ComplaintBook, Place} from './complaint-book.js';
import type {Expansion} from './expand-range.js';
import {PolicyBlocks} from './policy-blocks.js';

/**
 * Connection variables as one level (all, a group, a host) gives them. Absent: that level does not
 * say.
 */
export interface Vars {
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  /** Ansible says whether and how apart from each other, so two levels may give one half each. */
  readonly becomeWanted?: boolean;
  readonly becomeMethod?: BecomeMethod;
  readonly identityFiles?: readonly string[];
  readonly knownHosts?: readonly string[];
  readonly proxyJump?: readonly string[];
  readonly jumpIdentityFiles?: readonly string[];
  readonly practice?: boolean;
  /** Ansible's connection plugin, when it is not SSH: such hosts are left out. */
  readonly foreignConnection?: string;
}

/**
 * What one entry of a file says of a host. The same host may have several entries, also in several
 * files.
 */
export interface DraftHost {
  readonly name: string;
  /** The group it is listed in; `all`: none. */
  readonly group: string;
  readonly vars: Vars;
  readonly policy: Policy;
  readonly at: Place;
}

export interface DraftGroup {
  readonly name: string;
  vars: Vars;
  policy: Policy;
  readonly children: {readonly name: string; readonly at: Place}[];
  /** Where it is first defined; absent: only spoken of. */
  at?: Place;
}

/** What an entry stands for (expand-range.ts). */
export type Names = Pick<Expansion, 'count' | 'names'>;

/** Entries of a whole inventory. Beyond, a range is a slip of the finger. */
export const MAX_HOSTS = 100_000;

/** Everything the files say, before groups are resolved. `all` is always there. */
export class Draft {
  readonly hosts: DraftHost[] = [];
  readonly policies = new PolicyBlocks();
  readonly groups = new Map<string, DraftGroup>([['all', newGroup('all')]]);
  /** Of several files, that of the last one which has it. */
  retention: Retention | undefined;
  /** Of every file; of a name given twice the last counts. */
  readonly notifiers: Notifier[] = [];

  /**
   * Adds an entry for every name; entries that would make the inventory too large are complained
   * about instead.
   */
  add(names: Names, entry: Omit<DraftHost, 'name'>, book: ComplaintBook): void {
    if (this.hosts.length + names.count > MAX_HOSTS) {
      book.complain(
        entry.at,
        `here the inventory grows beyond ${MAX_HOSTS} hosts`,
        'Make the ranges smaller.',
      );
      return;
    }
    for (const name of names.names()) this.hosts.push({name, ...entry});
  }

  /** The group, made when it is new. */
  group(name: string): DraftGroup {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const made = newGroup(name);
    this.groups.set(name, made);
    return made;
  }

  /**
   * Adds to a group; on the same level what is read later wins, as with several Ansible
   * inventories.
   */
  define(
    name: string,
    at: Place,
    add: {readonly vars?: Vars; readonly policy?: Policy} = {},
  ): DraftGroup {
    const group = this.group(name);
    group.at ??= at;
    group.vars = {...group.vars, ...add.vars};
    group.policy = {...group.policy, ...add.policy};
    return group;
  }
}

const newGroup = (name: string): DraftGroup => ({name, vars: {}, policy: {}, children: []});
