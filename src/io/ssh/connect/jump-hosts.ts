import {performance} from 'node:perf_hooks';

import type {Failure, FailureKind, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {Host} from '../../../model/host.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {sanitize} from '../../../text/sanitize.js';
import {parseJumpSpec} from './jump-spec.js';
import {Limited} from '../limited.js';
import type {Line} from '../line.js';
import type {Target} from '../target.js';

/**
 * Connections opened through one jump host at a time, until the key exchange is over. sshd starts
 * to turn callers away at ten that are not logged in (sshd_config(5), MaxStartups).
 */
const AT_ONCE = 8;

/** A jump host we are logged in to, shared by every host behind it. */
export interface Jump<L extends Line> {
  readonly link: L;
  readonly turns: Limited;
  /** Names of the jump hosts up to and with this one. */
  readonly via: readonly string[];
}

/** How a connection gets to its host. */
export interface Route<L extends Line> {
  /** Present: through this jump host, whatever the configuration says. */
  readonly through?: Jump<L>;
  /**
   * Hosts that wait for this connection because it is their jump host; a host among them means a
   * circle.
   */
  readonly trail: readonly Host[];
}

/**
 * Opens the connection to a host; the transport gives it, and it comes back to us for the host's
 * own jump hosts.
 */
export type OpenLink<L extends Line> = (
  host: Host,
  options: ConnectOptions,
  route: Route<L>,
) => Promise<Result<L>>;

/** The jump hosts of a run: one connection to each, however many hosts are behind it. */
export class JumpHosts<L extends Line> {
  private readonly jumps = new Map<string, Promise<Result<Jump<L>>>>();
  /** Until when those that refused us are not asked again. */
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly findHost: (name: string) => Host | undefined,
    private readonly open: OpenLink<L>,
    /**
     * Milliseconds of silence after which a jump host is reached anew: its connection is as good as
     * dead.
     */
    private readonly staleMs: number,
    /** Milliseconds for which a jump host that cannot be had is not asked again. */
    private readonly refusedMs: (why: FailureKind) => number = () => Infinity,
  ) {}

  /**
   * Logs in to the jump hosts of `host`, one through the other; the last of them, or undefined when
   * there is none.
   */
  async reach(
    host: Host,
    target: Target,
    options: ConnectOptions,
    trail: readonly Host[],
  ): Promise<Result<Jump<L> | undefined>> {
    let through: Jump<L> | undefined;
    let key = '';
    for (const spec of target.jump) {
      const hop = jumpHost(spec, host, target.jumpKeys, this.findHost);
      if (hop === undefined) return fail(notAJumpHost(spec));
      // `proxyJump` of a group that the bastion itself is in, or of `Host *`: it goes directly.
      if (isSame(hop, host)) continue;
      if (trail.some((waiting) => isSame(waiting, hop))) return fail(circle([...trail, host, hop]));

      key += `>${[spec, ...target.jumpKeys].join(' ')}`;
      let jump = this.jumps.get(key);
      if (jump === undefined || (this.refusedUntil.get(key) ?? Infinity) <= performance.now()) {
        this.refusedUntil.delete(key);
        jump = this.connect(key, hop, options, {
          trail: [...trail, host],
          ...(through === undefined ? {} : {through}),
        });
        this.jumps.set(key, jump);
        this.forgetWhenLost(key, jump);
      }
      const reached = await jump;
      if (!reached.ok) return reached;
      if (reached.value.link.quietMs() > this.staleMs && this.jumps.get(key) === jump) {
        this.jumps.delete(key);
        return this.reach(host, target, options, trail);
      }
      through = reached.value;
    }
    return ok(through);
  }

  private async connect(
    key: string,
    hop: Host,
    options: ConnectOptions,
    route: Route<L>,
  ): Promise<Result<Jump<L>>> {
    const {connectTimeoutMs, authTimeoutMs, acceptNew} = options;
    // Without the signal: stopping one host must not take the jump host from the others.
    const link = await this.open(hop, {connectTimeoutMs, authTimeoutMs, acceptNew}, route);
    if (!link.ok) {
      this.refusedUntil.set(key, performance.now() + this.refusedMs(link.error.kind));
      return fail(jumpFailure(hop, link.error));
    }
    const via = [...link.value.connection.via, hop.name];
    return ok({link: link.value, turns: new Limited(AT_ONCE), via});
  }

  /**
   * A jump host whose connection was lost may be asked again by a later host; one that refused us
   * may not, in a run.
   */
  private forgetWhenLost(key: string, jump: Promise<Result<Jump<L>>>): void {
    void jump.then(
      (reached) => {
        if (reached.ok) reached.value.link.whenLost(() => this.jumps.delete(key));
      },
      () => undefined,
    );
  }
}

/**
 * The host that a word of proxyJump means, as the inventory knows it or by itself.
 * @param keys key files for one that the inventory does not know
 */
export function jumpHost(
  spec: string,
  behind: Host,
  keys: readonly string[],
  findHost: (name: string) => Host | undefined,
): Host | undefined {
  const known = findHost(spec);
  if (known !== undefined) return known;
  const parsed = parseJumpSpec(spec);
  if (parsed === undefined) return undefined;
  const {host: address, ...override} = parsed;
  const named = findHost(address);
  if (named !== undefined) return {...named, ...override};
  return {
    name: spec,
    address,
    become: 'none',
    identityFiles: keys,
    // A fleet's own known_hosts file holds its bastion, too.
    knownHosts: behind.knownHosts,
    groups: [],
    policy: {},
    origin: behind.origin,
    ...override,
  };
}

const isSame = (a: Host, b: Host): boolean =>
  a.name === b.name || (a.address === b.address && (a.port ?? 22) === (b.port ?? 22));

const notAJumpHost = (spec: string): Failure => ({
  kind: 'jump',
  message: `"${sanitize(spec, {limit: 100})}" is not a jump host`,
  fix: 'Write proxyJump as [user@]host[:port], or as the name of a host of the inventory.',
});

const circle = (hosts: readonly Host[]): Failure => ({
  kind: 'jump',
  message: `the jump hosts go in a circle: ${hosts.map(({name}) => name).join(' -> ')}`,
  fix: 'Correct proxyJump in the inventory, or ProxyJump in ~/.ssh/config ([] in the inventory: no jump host).',
});

const jumpFailure = (hop: Host, error: Failure): Failure =>
  error.kind === 'interrupted'
    ? error
    : {kind: 'jump', message: `jump host ${hop.name}: ${error.message}`, fix: error.fix};
