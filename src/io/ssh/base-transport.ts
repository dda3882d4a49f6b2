import {performance} from 'node:perf_hooks';

import type {FailureKind, Result} from '../../model/failure.js';
import {COMES_BACK, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {ConnectOptions, Session, Transport} from '../../model/transport.js';
import type {SshConfig} from './config/ssh-config.js';
import {JumpHosts} from './connect/jump-hosts.js';
import type {Jump, Route} from './connect/jump-hosts.js';
import {createSession} from './connect/session.js';
import type {Line} from './line.js';
import {onceEach} from './once-each.js';
import {KEEP_ALIVE} from './options.js';
import type {TransportOptions} from './options.js';
import {Secrets} from './secrets.js';
import type {Target} from './target.js';
import {KnownHostsStore} from './trust/known-hosts-store.js';
import {expectManyListeners, untilAborted} from './until-aborted.js';

/** Failures that known_hosts has to do with, or the jump host's line in it. */
const DOUBTFUL: ReadonlySet<FailureKind> = new Set([
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'jump',
]);

/** What transports have in common, whatever program makes the connections (`L`) they hold. */
export abstract class BaseTransport<L extends Line> implements Transport {
  protected readonly knownHosts: KnownHostsStore;
  protected readonly secrets: Secrets;
  private readonly jumps: JumpHosts<L>;
  private readonly links = new Set<L>();
  private closed = false;
  private readAt = -Infinity;

  constructor(
    protected readonly options: TransportOptions,
    protected readonly config: SshConfig,
  ) {
    this.knownHosts = new KnownHostsStore(onceEach(options.onWarning));
    this.secrets = new Secrets(options.prompter);
    const {intervalMs, most} = this.keepAlive;
    const {held} = options;
    this.jumps = new JumpHosts(
      options.findHost,
      (host, connect, route) => this.open(host, connect, route),
      // Longer than a healthy connection is ever quiet, shorter than it takes to call it lost.
      intervalMs * most,
      held === undefined ? undefined : (kind) => held.refusedMs[COMES_BACK[kind]],
    );
  }

  async connect(host: Host, options: ConnectOptions): Promise<Result<Session>> {
    if (options.signal !== undefined) expectManyListeners(options.signal);
    const link = await untilAborted(this.open(host, options, {trail: []}), options.signal);
    if (!link.ok) {
      this.doubt(link.error.kind);
      return link;
    }
    return ok(createSession(link.value, {become: host.become, secrets: this.secrets}));
  }

  close(): void {
    this.closed = true;
    this.config.close();
    // Last opened first: what goes through a jump host says goodbye before the jump host does.
    for (const link of [...this.links].reverse()) link.close();
    this.release();
  }

  /** What somebody may have put right since is read again with the next attempt. */
  private doubt(kind: FailureKind): void {
    const {held} = this.options;
    if (held === undefined || !DOUBTFUL.has(kind)) return;
    const now = performance.now();
    if (now - this.readAt < held.rereadMs) return;
    this.readAt = now;
    this.knownHosts.forget();
  }

  /** Opens the connection of a host, along the route that is given. */
  protected abstract open(host: Host, options: ConnectOptions, route: Route<L>): Promise<Result<L>>;

  /** Lets go of what else it holds; the connections are closed already. */
  protected abstract release(): void;

  protected get keepAlive() {
    return this.options.keepAlive ?? this.options.held?.keepAlive ?? KEEP_ALIVE;
  }

  /** The last jump host of a route, reached if it is not yet; undefined: there is none. */
  protected async jumpFor(
    host: Host,
    target: Target,
    options: ConnectOptions,
    route: Route<L>,
  ): Promise<Result<Jump<L> | undefined>> {
    if (route.through !== undefined) return ok(route.through);
    // A jump host's own stages are not those of the host behind it.
    const {onStage: _onStage, ...unwatched} = options;
    return this.jumps.reach(host, target, unwatched, route.trail);
  }

  protected isStopped({signal}: ConnectOptions): boolean {
    return this.closed || signal?.aborted === true;
  }

  protected keep(link: L): void {
    this.links.add(link);
    link.whenLost(() => this.links.delete(link));
    if (this.closed) link.close();
  }
}
