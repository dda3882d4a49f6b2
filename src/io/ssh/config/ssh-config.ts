import {availableParallelism} from 'node:os';

import type {Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {Host} from '../../../model/host.js';
import {sanitize} from '../../../text/sanitize.js';
import {Limited} from '../limited.js';
import type {SshConfigMode, TransportOptions} from '../options.js';
import {SshAsker} from './ssh-asker.js';
import type {ConfigScan} from './ssh-config-scan.js';
import {scanSshConfig} from './ssh-config-scan.js';
import {parseSshSettings} from './ssh-settings.js';
import type {SshSettings} from './ssh-settings.js';
import {isHostName, isUserName} from '../target.js';

/**
 * `ssh -G` takes some 15 ms of a processor: as many at a time as there are processors, within
 * reason.
 */
const AT_ONCE = Math.min(8, Math.max(2, availableParallelism()));
/** `Match exec` may run a program, and a hung one must not hang the run. */
const PATIENCE_MS = 15_000;
/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

const NO_SETTINGS = ok(undefined);

/**
 * Asks the ssh client what ~/.ssh/config says of a host; only where there is a client and a
 * configuration that matters.
 */
export class SshConfig {
  private readonly limited = new Limited(AT_ONCE);
  private readonly asked = new Map<string, Promise<Result<SshSettings | undefined>>>();
  private readonly askers: SshAsker[] = [];
  private readonly idle: SshAsker[] = [];
  private scan: Promise<ConfigScan> | undefined;

  constructor(
    private readonly mode: SshConfigMode,
    private readonly homeDirectory: string,
    /** Keywords that matter besides those that change how the ssh2 library connects. */
    private readonly also: readonly string[] = [],
  ) {}

  /**
   * The settings for a host as `ssh address` would use them; undefined: nothing beyond the
   * defaults.
   */
  async ask(host: Host): Promise<Result<SshSettings | undefined>> {
    if (this.mode.mode === 'off') return NO_SETTINGS;
    // Refused later with a proper message; here they must only never reach a command line.
    if (!isHostName(host.address)) return NO_SETTINGS;
    if (host.user !== undefined && !isUserName(host.user)) return NO_SETTINGS;
    this.scan ??= scanSshConfig(this.files(), this.also);
    const {matters, on} = await this.scan;
    if (!matters) return on.size === 0 ? NO_SETTINGS : switched(on);

    const key = JSON.stringify([host.address, host.user, host.port]);
    let answer = this.asked.get(key);
    if (answer === undefined) {
      answer = this.limited.run(() => this.run(host));
      this.asked.set(key, answer);
      // A failure may pass: whoever asks later asks anew.
      void answer.then(({ok: answered}) => answered || this.asked.delete(key));
    }
    return answer;
  }

  /** Ends what runs. */
  close(): void {
    for (const asker of this.askers) asker.close();
  }

  private files(): string[] {
    return this.mode.mode === 'file'
      ? [this.mode.path]
      : [`${this.homeDirectory}/.ssh/config`, '/etc/ssh/ssh_config'];
  }

  private async run(host: Host): Promise<Result<SshSettings | undefined>> {
    const asker = this.idle.pop() ?? this.newAsker();
    const {status, output} = await asker.ask({
      address: host.address,
      user: host.user,
      port: host.port,
    });
    this.idle.push(asker);
    // No client: the inventory and the defaults are all there is.
    if (status === NOT_FOUND) return NO_SETTINGS;
    return status === 0 ? ok(parseSshSettings(output)) : fail(broken(host, output));
  }

  private newAsker(): SshAsker {
    const asker = new SshAsker(this.mode.mode === 'file' ? this.mode.path : undefined, PATIENCE_MS);
    this.askers.push(asker);
    return asker;
  }
}

/** What a transport with these options asks. */
export const configOf = (
  {sshConfig, defaults}: Pick<TransportOptions, 'sshConfig' | 'defaults'>,
  also?: readonly string[],
): SshConfig => new SshConfig(sshConfig, defaults.homeDirectory, also);

const switched = (on: ConfigScan['on']): Result<SshSettings> =>
  ok(parseSshSettings([...on].map((name) => `${name} yes\n`).join('')));

const broken = (host: Host, said: string) =>
  ({
    kind: 'unresolved',
    message: `ssh -G ${host.address} fails, so the ssh configuration for the host is not known: ${sanitize(said.trim(), {limit: 300})}`,
    fix: `Correct the ssh configuration until "ssh -G ${host.address}" works.`,
  }) as const;
