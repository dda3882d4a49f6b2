import type {Become} from '../model/host.js';

import type {Machine, Release} from './machine.js';

/** What a scenario's machine is made for. */
export interface Setting {
  readonly release: Release;
  readonly hostname: string;
  /** Seconds since the epoch. */
  readonly bootTime: number;
}

/** How one gets in, and what goes wrong on the way. */
export interface Access {
  readonly user: 'root' | 'ops';
  /** What the ready inventory says of becoming root. */
  readonly become: Become;
  /** password: by password or keyboard-interactive only. */
  readonly authentication: 'key' | 'password';
  /** Absent: what root has on that release. */
  readonly loginShell?: 'sh' | 'csh';
  /** false: nothing listens on the port. */
  readonly listens: boolean;
  /** The key the ready known_hosts file has: the host's, another one, or none at all. */
  readonly knownKey: 'own' | 'other' | 'none';
  /** Milliseconds before a command starts. */
  readonly execDelayMs: number;
  /** Accepts the connection and never says a word. */
  readonly silent: boolean;
  /** Bytes of output after which the connection is cut; 0: never. */
  readonly cutAfterBytes: number;
  /** Bytes of noise sent in place of a command's output; 0: none. */
  readonly floodBytes: number;
}

export const PLAIN_ACCESS: Access = {
  user: 'root',
  become: 'none',
  authentication: 'key',
  listens: true,
  knownKey: 'own',
  execDelayMs: 0,
  silent: false,
  cutAfterBytes: 0,
  floodBytes: 0,
};

/** A kind of host to practise on. */
export interface Scenario {
  /** One line for people. */
  readonly summary: string;
  /** The releases it exists in; the first is the one it is usually met on. */
  readonly releases: readonly [Release, ...Release[]];
  readonly machine: (setting: Setting) => Machine;
  readonly access?: Partial<Access>;
}
