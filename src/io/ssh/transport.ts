import type {Duplex} from 'node:stream';

import type {Result} from '../../model/failure.js';
import {fail} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {ConnectOptions, Transport} from '../../model/transport.js';
import {BaseTransport} from './base-transport.js';
import {dial} from './connect/dial.js';
import {interrupted} from './failures.js';
import {forward} from './connect/forward.js';
import {HostKeyCheck} from './trust/host-key-check.js';
import {Identities} from './login/identities.js';
import type {Jump, Route} from './connect/jump-hosts.js';
import type {Link} from './link.js';
import {logIn} from './login/login.js';
import type {TransportOptions} from './options.js';
import {configOf} from './config/ssh-config.js';
import type {SshConfig} from './config/ssh-config.js';
import {resolveTarget} from './target.js';
import type {Target} from './target.js';

/**
 * Hosts reached over SSH with the ssh2 package, with ssh(1)'s rules of trust: one connection a
 * host, no retries, host keys checked before anything secret is sent, nothing asked that is not
 * needed.
 */
export const createTransport = (
  options: TransportOptions,
  config: SshConfig = configOf(options),
): Transport => new SshTransport(options, config);

class SshTransport extends BaseTransport<Link> {
  private readonly identities = new Identities(this.secrets);

  protected release(): void {
    this.identities.close();
  }

  protected async open(
    host: Host,
    options: ConnectOptions,
    route: Route<Link>,
  ): Promise<Result<Link>> {
    if (this.isStopped(options)) return fail(interrupted);
    const settings = await this.config.ask(host);
    if (this.isStopped(options)) return fail(interrupted);
    if (!settings.ok) return settings;
    const target = resolveTarget(host, settings.value, this.options.defaults);
    if (!target.ok) return target;
    const jump = await this.jumpFor(host, target.value, options, route);
    if (!jump.ok) return jump;
    return this.through(jump.value, target.value, options);
  }

  private async through(
    jump: Jump<Link> | undefined,
    target: Target,
    options: ConnectOptions,
  ): Promise<Result<Link>> {
    // Everything that needs files or the agent comes first: the host's patience (LoginGraceTime)
    // starts with the call.
    const candidates = await this.identities.candidates(target);
    const hostKey = await HostKeyCheck.prepare(target, this.knownHosts, options.acceptNew);
    if (!(hostKey instanceof HostKeyCheck)) return fail(hostKey);

    const leave = (await jump?.turns.enter()) ?? (() => undefined);
    try {
      const stream: Result<Duplex> =
        jump === undefined ? await dial(target, options) : await forward(jump, target, options);
      if (!stream.ok) return stream;
      options.onStage?.('connected');
      const link = await logIn({
        target,
        stream: stream.value,
        hostKey,
        candidates,
        secrets: this.secrets,
        keepAlive: this.keepAlive,
        options,
        via: jump?.via ?? [],
        onExchanged: leave,
      });
      if (link.ok) this.keep(link.value);
      return link;
    } finally {
      leave();
    }
  }
}
