import {fail} from '../../../model/failure.js';
import type {Result} from '../../../model/failure.js';
import type {Host} from '../../../model/host.js';
import type {ConnectOptions, Transport} from '../../../model/transport.js';
import {readProxyCommand} from '../../../text/proxy-command.js';
import {BaseTransport} from '../base-transport.js';
import {configOf} from '../config/ssh-config.js';
import type {SshConfig} from '../config/ssh-config.js';
import type {SshSettings} from '../config/ssh-settings.js';
import type {Jump, Route} from '../connect/jump-hosts.js';
import {interrupted} from '../failures.js';
import type {TransportOptions} from '../options.js';
import {resolveTarget} from '../target.js';
import {knownKeys} from '../trust/known-keys.js';
import {masterArguments} from './arguments.js';
import type {MasterRequest} from './arguments.js';
import {AskServer} from './ask-server.js';
import {findClient} from './client-program.js';
import type {ClientProgram} from './client-program.js';
import {startMaster} from './master.js';
import type {OpenLink} from './open-link.js';
import {PrivateFolder} from './private-folder.js';

/**
 * Hosts reached with the system's ssh(1): one that holds the connection to each host, one more for
 * each command. Everything it can do comes for nothing: certificates, FIDO keys, GSSAPI, any
 * ProxyCommand, new algorithms.
 */
export const createOpenSshTransport = (
  options: TransportOptions,
  config: SshConfig = configOf(options),
): Transport => new OpenSshTransport(options, config);

class OpenSshTransport extends BaseTransport<OpenLink> {
  private client: Promise<Result<ClientProgram>> | undefined;
  private folder: PrivateFolder | undefined;
  private asks: Promise<AskServer> | undefined;

  protected release(): void {
    void this.asks?.then((asks) => {
      asks.close();
    });
    this.folder?.close();
  }

  protected async open(
    host: Host,
    options: ConnectOptions,
    route: Route<OpenLink>,
  ): Promise<Result<OpenLink>> {
    if (this.isStopped(options)) return fail(interrupted);
    const client = await (this.client ??= findClient());
    if (!client.ok) return client;
    const settings = await this.config.ask(host);
    if (!settings.ok) return settings;
    const target = resolveTarget(host, settings.value, this.options.defaults, 'openssh');
    if (!target.ok) return target;
    const jump = await this.jumpFor(host, target.value, options, route);
    if (!jump.ok) return jump;
    if (this.isStopped(options)) return fail(interrupted);
    return this.hold(
      {client: client.value, host, target: target.value},
      jump.value ?? (asksProxyCommand(host, settings.value) ? 'config' : 'none'),
      options,
    );
  }

  private async hold(
    called: Pick<MasterRequest, 'client' | 'host' | 'target'>,
    way: Jump<OpenLink> | 'config' | 'none',
    options: ConnectOptions,
  ): Promise<Result<OpenLink>> {
    const {target} = called;
    const known = await knownKeys(target, this.knownHosts);
    if (!known.ok) return known;
    const asks = await this.askServer();
    if (this.isStopped(options)) return fail(interrupted);
    const folder = (this.folder ??= new PrivateFolder());
    const socket = folder.name('ssh');
    const jump = typeof way === 'string' ? undefined : way;
    const args = masterArguments({
      ...called,
      sshConfig: this.options.sshConfig,
      keepAlive: this.keepAlive,
      options,
      // ssh(1) would take a new type of key for a host that is known by another: as judgeHostKey.
      acceptNew: options.acceptNew && !known.value.some(({marker}) => marker === 'none'),
      mayAsk: asks !== undefined,
      socket,
      route: jump === undefined ? (way as 'config' | 'none') : {jump: jump.link.socket},
    });
    if (!args.ok) return args;
    const leave = (await jump?.turns.enter()) ?? (() => undefined);
    try {
      const link = await startMaster({
        args: args.value,
        target,
        known: known.value.filter(({marker}) => marker === 'none'),
        proxy: jump === undefined ? proxyOf(way) : {jump: jump.via.at(-1) ?? ''},
        via: jump?.via ?? [],
        socket,
        folder,
        secrets: this.secrets,
        asks,
        environment: this.environment(),
        options,
        say: this.options.onWarning,
        onExchanged: leave,
      });
      if (link.ok) this.keep(link.value);
      return link;
    } finally {
      leave();
    }
  }

  /** What ssh inherits, but for the agent, which is as for the other transport. */
  private environment(): NodeJS.ProcessEnv {
    const {SSH_AUTH_SOCK: _inherited, ...rest} = process.env;
    const {authSock} = this.options.defaults;
    return authSock === undefined ? rest : {...rest, SSH_AUTH_SOCK: authSock};
  }

  private askServer(): Promise<AskServer | undefined> {
    if (!this.secrets.canAsk) return Promise.resolve(undefined);
    this.folder ??= new PrivateFolder();
    return (this.asks ??= AskServer.start(this.folder));
  }
}

const proxyOf = (way: unknown): 'command' | undefined => (way === 'config' ? 'command' : undefined);

/** A ProxyCommand that only ssh(1) can run; a jump host is reached once for all behind it. */
const asksProxyCommand = (host: Host, settings: SshSettings | undefined): boolean =>
  host.proxyJump === undefined &&
  settings?.proxyCommand !== undefined &&
  readProxyCommand(settings.proxyCommand) === undefined;
