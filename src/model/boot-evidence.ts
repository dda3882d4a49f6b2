import type {Reading} from './reading.js';
import type {Count} from './values.js';

/** What the boot runs that can set the value, besides the files of rc.d/sysctl. */
export interface BootEvidence {
  /**
   * Whether this release's rc.subr loads /etc/sysctl.kld.d/<module>.conf when it loads a module.
   */
  readonly kldFiles: Reading<boolean>;
  /** Modules that enabled rc scripts load. */
  readonly modules: readonly LoadedModule[];
  /**
   * Lines of rc.local, local scripts and crontabs (`@reboot`) that name the value, or call
   * sysctl(8) in a way to be read.
   */
  readonly lines: readonly BootLine[];
  /** Files the boot runs that could not be read. */
  readonly unread: readonly string[];
  /** NanoBSD's /cfg: not there, not mounted (nothing in it is seen), or to be seen. */
  readonly savedConfiguration: SavedConfiguration;
}

export const SAVED_CONFIGURATION = ['none', 'hidden', 'visible'] as const;
export type SavedConfiguration = (typeof SAVED_CONFIGURATION)[number];

export interface LoadedModule {
  /** `*` stands for what only sh(1) would know. */
  readonly name: string;
  /** The script. */
  readonly by: string;
}

export interface BootLine {
  readonly file: string;
  readonly line: Count;
  readonly text: string;
  /** Whether nothing before it in the script decides whether it is run. */
  readonly isPlain: boolean;
}

/** The value among the tunables that OPNsense and pfSense keep in their config.xml. */
export interface StoredTunables {
  readonly file: string;
  /** One for each item that has the name, in order; the last counts. */
  readonly values: readonly {readonly line: Count; readonly value: string}[];
  /** How many other places of the file name the value: a shell command may set it, too. */
  readonly elsewhere: Count;
}
