import type {Host} from '../../model/host.js';
import type {Prompter} from '../../model/transport.js';

/**
 * What the process around us would tell ssh(1): taken as arguments, because only cli/ reads the
 * environment.
 */
export interface SshDefaults {
  /** Absolute path; `~` and `%d` stand for it. */
  readonly homeDirectory: string;
  /** Who we log in as when neither the inventory nor ~/.ssh/config says. */
  readonly user: string;
  /** SSH_AUTH_SOCK; absent: no agent unless ~/.ssh/config names one. */
  readonly authSock?: string;
  /**
   * Key files tried when none is configured, absolute, in order (see defaultIdentityFiles). Missing
   * ones are passed over.
   */
  readonly identityFiles: readonly string[];
  /**
   * known_hosts files when neither the inventory nor ~/.ssh/config names any, absolute; the first
   * is where new keys go ([]: no host is known, and accepted keys are not kept).
   */
  readonly knownHosts: readonly string[];
  /** An environment variable, for `IdentityAgent $NAME`; absent: such an agent is not used. */
  readonly environment?: (name: string) => string | undefined;
}

/** Whether and how `ssh -G` is asked what ~/.ssh/config says. */
export type SshConfigMode =
  | {readonly mode: 'off'} // only the inventory and the defaults count
  | {readonly mode: 'auto'} // what ssh(1) of this user would read
  | {readonly mode: 'file'; readonly path: string}; // as `ssh -F path`: that file, and not the system's

/**
 * After `intervalMs` of silence the host is asked whether it is there; `most` questions may stay
 * unanswered.
 */
export interface KeepAlive {
  readonly intervalMs: number;
  readonly most: number;
}

/**
 * Half a minute of silence is the end of a connection: long before any host waits for us in vain.
 */
export const KEEP_ALIVE: KeepAlive = {intervalMs: 10_000, most: 2};

/**
 * Of a transport that lives for months: nobody waits for a host but its next sample, so it is asked
 * less often whether it lives; and what was read or refused once does not count for ever.
 */
export interface Held {
  readonly keepAlive: KeepAlive;
  /** Milliseconds for which a jump host that refused us is not asked again. */
  readonly refusedMs: Readonly<Record<'soon' | 'late', number>>;
  /** Milliseconds after which known_hosts may be read anew when a key does not fit. */
  readonly rereadMs: number;
}

export const HELD: Held = {
  keepAlive: {intervalMs: 30_000, most: 2},
  refusedMs: {soon: 30_000, late: 15 * 60_000},
  rereadMs: 30_000,
};

export interface TransportOptions {
  /**
   * Absent: there is nobody to ask; methods that need an answer are skipped and named in the
   * failure.
   */
  readonly prompter: Prompter | undefined;
  readonly defaults: SshDefaults;
  readonly sshConfig: SshConfigMode;
  /** A host of the inventory by its name, so that jump hosts can be named as there. */
  readonly findHost: (name: string) => Host | undefined;
  /** How a connection that has gone silent is noticed; absent: KEEP_ALIVE. */
  readonly keepAlive?: KeepAlive;
  /** It is used for longer than a run. */
  readonly held?: Held;
  /**
   * Things worth knowing that do not stop a connection, e.g. a malformed known_hosts line; each
   * said once.
   */
  readonly onWarning: (message: string) => void;
}

/**
 * The files ssh(1) tries; those ssh2 cannot use (FIDO) are among them so that a failure can name
 * them.
 */
export const defaultIdentityFiles = (homeDirectory: string): string[] =>
  ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'].map(
    (name) => `${homeDirectory}/.ssh/${name}`,
  );

/**
 * The files ssh(1) reads for host keys (ssh_config(5): UserKnownHostsFile, GlobalKnownHostsFile).
 */
export const defaultKnownHosts = (homeDirectory: string): string[] => [
  `${homeDirectory}/.ssh/known_hosts`,
  `${homeDirectory}/.ssh/known_hosts2`,
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];
