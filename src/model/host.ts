import type {Policy} from './policy.js';
import type {Notifier} from './notify.js';
import type {Retention} from './prune.js';

/** How to become root after logging in. `none`: stay who we logged in as. */
export const BECOME = ['none', 'sudo', 'doas', 'su'] as const;
export type Become = (typeof BECOME)[number];

/** A program that makes root of who we logged in as. */
export type BecomeMethod = Exclude<Become, 'none'>;
export const BECOME_METHODS: readonly BecomeMethod[] = BECOME.filter((word) => word !== 'none');

/**
 * One host of the inventory with its variables resolved (group, parent groups, host; the closest
 * wins). Absent members mean "ask ssh -G, then the defaults of ssh(1)".
 */
export interface Host {
  /** The name in the inventory: the key in every document and on the command line. */
  readonly name: string;
  /** What to connect to: a DNS name or an address. The name when the inventory gives none. */
  readonly address: string;
  readonly port?: number;
  readonly user?: string;
  readonly become: Become;
  /** Absolute paths. */
  readonly identityFiles: readonly string[];
  /** Absolute paths; empty: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHosts: readonly string[];
  /**
   * Jump hosts in order, as in ssh -J: [user@]host[:port] or inventory names; absent: what ssh -G
   * says; []: none.
   */
  readonly proxyJump?: readonly string[];
  /**
   * Key files for jump hosts that no inventory names (`ssh -i KEY -W %h:%p HOST`), absolute paths.
   */
  readonly jumpIdentityFiles?: readonly string[];
  /** The inventory says that it is a simulated host of `zbufctl lab`. */
  readonly practice?: true;
  /** Every group the host is in, outermost first; 'all' first. */
  readonly groups: readonly string[];
  readonly policy: Policy;
  /** Where the host stands in the inventory, for messages. */
  readonly origin: {readonly file: string; readonly line: number};
}

export interface Inventory {
  readonly hosts: readonly Host[];
  /** Files that were read, in order. */
  readonly files: readonly string[];
  /** What the group `all` gives every host; a host named on the command line only gets this. */
  readonly defaults?: HostDefaults;
  /** How long stored runs are kept; absent: no file says. */
  readonly retention?: Retention;
  /** Whom audit --notify can tell. */
  readonly notifiers?: readonly Notifier[];
}

/** The variables and the policy of the group `all`. */
export type HostDefaults = Pick<
  Host,
  | 'port'
  | 'user'
  | 'become'
  | 'identityFiles'
  | 'knownHosts'
  | 'proxyJump'
  | 'jumpIdentityFiles'
  | 'policy'
>;

/** One thing wrong in an input file. Readers report all of them at once. */
export interface Complaint {
  readonly file: string;
  /** 1-based; 0 when the complaint is about the file as a whole. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}
