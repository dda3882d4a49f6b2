import type {Duplex} from 'node:stream';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {ConnectOptions, Session, Transport} from '../../model/transport.js';
import {dial} from './connect/dial.js';
import {interrupted} from './failures.js';
import {forward} from './connect/forward.js';
import {HostKeyCheck} from './trust/host-key-check.js';
import {Identities} from './login/identities.js';
import {JumpHosts} from './connect/jump-hosts.js';
import type {Jump, Route} from './connect/jump-hosts.js';
import {KnownHostsStore} from './trust/known-hosts-store.js';
import type {Link} from './link.js';
import {logIn} from './login/login.js';
import {onceEach} from './once-each.js';
import {KEEP_ALIVE} from './options.js';
import type {TransportOptions} from './options.js';
import {Secrets} from './secrets.js';
import {createSession} from './connect/session.js';
import {configOf} from './config/ssh-config.js';
import type {SshConfig} from './config/ssh-config.js';
import {resolveTarget} from './target.js';
import type {Target} from './target.js';
import {expectManyListeners, untilAborted} from './until-aborted.js';

/**
 * Hosts reached over SSH with the ssh2 package, with ssh(1)'s rules of trust: one connection a
 * host, no retries, host keys checked before anything secret is sent, nothing asked that is not
 * needed.
 */
export const createTransport = (
  options: TransportOptions,
  config: SshConfig = configOf(options),
): Transport => new SshTransport(options, config);

class SshTransport implements Transport {
  private readonly knownHosts: KnownHostsStore;
  private readonly secrets: Secrets;
  private readonly identities: Identities;
  private readonly jumps: JumpHosts<Link>;
  private readonly links = new Set<Link>();
  private closed = false;

  constructor(
    private readonly options: TransportOptions,
    private readonly config: SshConfig,
  ) {
    this.knownHosts = new KnownHostsStore(onceEach(options.onWarning));
    this.secrets = new Secrets(options.prompter);
    this.identities = new Identities(this.secrets);
    const {intervalMs, most} = options.keepAlive ?? KEEP_ALIVE;
    this.jumps = new JumpHosts(
      options.findHost,
      (host, connect, route) => this.open(host, connect, route),
      // Longer than a healthy connection is ever quiet, shorter than it takes to call it lost.
      intervalMs * most,
    );
  }

  async connect(host: Host, options: ConnectOptions): Promise<Result<Session>> {
    if (options.signal !== undefined) expectManyListeners(options.signal);
    const link = await untilAborted(this.open(host, options, {trail: []}), options.signal);
    if (!link.ok) return link;
    const {secrets} = this;
    return ok(createSession(link.value, {become: host.become, secrets}));
  }

  close(): void {
    this.closed = true;
    this.config.close();
    this.identities.close();
    // Last opened first: what goes through a jump host says goodbye before the jump host does.
    for (const link of [...this.links].reverse()) link.close();
  }

  private async open(
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
    const jump =
      route.through === undefined
        ? await this.jumps.reach(host, target.value, unwatched(options), route.trail)
        : ok(route.through);
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
        keepAlive: this.options.keepAlive ?? KEEP_ALIVE,
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

  private isStopped({signal}: ConnectOptions): boolean {
    return this.closed || signal?.aborted === true;
  }

  private keep(link: Link): void {
    this.links.add(link);
    link.whenLost(() => this.links.delete(link));
    if (this.closed) link.close();
  }
}
/** A jump host's own stages are not those of the host behind it. */
const unwatched = ({onStage: _onStage, ...options}: ConnectOptions): ConnectOptions => options;
