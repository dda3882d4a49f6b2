import {execFile} from 'node:child_process';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import {sanitize} from '../../text/sanitize.js';
import {Limited} from './limited.js';
import type {SshConfigMode} from './options.js';
import {scanSshConfig} from './ssh-config-scan.js';
import {parseSshSettings} from './ssh-settings.js';
import type {SshSettings} from './ssh-settings.js';
import {isHostName, isUserName} from './target.js';

/** `ssh -G` takes some 10 ms of a processor; two at a time keep a small controller free for the connections. */
const AT_ONCE = 2;
/** Milliseconds; `Match exec` may run a program, and a hung one must not hang the run. */
const PATIENCE = 15_000;

const NO_SETTINGS = ok(undefined);

/** Asks the ssh client what ~/.ssh/config says of a host; only where there is a client and a configuration that matters. */
export class SshConfig {
  private readonly limited = new Limited(AT_ONCE);
  private readonly asked = new Map<string, Promise<Result<SshSettings | undefined>>>();
  private scan: Promise<{readonly matters: boolean; readonly hashKnownHosts: boolean}> | undefined;

  constructor(
    private readonly mode: SshConfigMode,
    private readonly homeDirectory: string,
  ) {}

  /** The settings for a host as `ssh address` would use them; undefined: nothing beyond the defaults. */
  async ask(host: Host): Promise<Result<SshSettings | undefined>> {
    if (this.mode.mode === 'off') return NO_SETTINGS;
    // Refused later with a proper message; here they must only never reach a command line.
    if (!isHostName(host.address)) return NO_SETTINGS;
    if (host.user !== undefined && !isUserName(host.user)) return NO_SETTINGS;
    this.scan ??= scanSshConfig(this.files());
    const {matters, hashKnownHosts} = await this.scan;
    if (!matters) return hashKnownHosts ? HASHING : NO_SETTINGS;

    const key = JSON.stringify([host.address, host.user, host.port]);
    let answer = this.asked.get(key);
    if (answer === undefined) {
      answer = this.limited.run(() => this.run(host));
      this.asked.set(key, answer);
    }
    return answer;
  }

  private files(): string[] {
    return this.mode.mode === 'file'
      ? [this.mode.path]
      : [`${this.homeDirectory}/.ssh/config`, '/etc/ssh/ssh_config'];
  }

  private run(host: Host): Promise<Result<SshSettings | undefined>> {
    const options = [
      ...(this.mode.mode === 'file' ? ['-F', this.mode.path] : []),
      ...(host.user === undefined ? [] : ['-l', host.user]),
      ...(host.port === undefined ? [] : ['-p', String(host.port)]),
    ];
    return new Promise((resolve) => {
      execFile(
        'ssh',
        ['-T', '-G', ...options, '--', host.address],
        {timeout: PATIENCE, maxBuffer: 1024 * 1024},
        (error, stdout, stderr) => {
          // No client: the inventory and the defaults are all there is.
          if (error?.code === 'ENOENT') resolve(NO_SETTINGS);
          else if (error === null) resolve(ok(parseSshSettings(stdout)));
          else resolve(fail(broken(host, stderr === '' ? error.message : stderr)));
        },
      );
    });
  }
}

const HASHING = ok(parseSshSettings('hashknownhosts yes\n'));

const broken = (host: Host, said: string) =>
  ({
    kind: 'unresolved',
    message: `ssh -G ${host.address} fails, so the ssh configuration for the host is not known: ${sanitize(said.trim(), {limit: 300})}`,
    fix: `Correct the ssh configuration until "ssh -G ${host.address}" works.`,
  }) as const;
