import type {Failure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {Host} from '../../../model/host.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {sanitize} from '../../../text/sanitize.js';
import type {KeepAlive, SshConfigMode} from '../options.js';
import type {Target} from '../target.js';
import type {ClientProgram} from './client-program.js';

/** What decides how ssh(1) is called for a host. */
export interface MasterRequest {
  readonly client: ClientProgram;
  readonly host: Host;
  readonly target: Target;
  readonly sshConfig: SshConfigMode;
  readonly keepAlive: KeepAlive;
  readonly options: Pick<ConnectOptions, 'connectTimeoutMs'>;
  /** Unknown keys may be stored; false for a host of which some key is known already. */
  readonly acceptNew: boolean;
  /** Somebody can be asked. */
  readonly mayAsk: boolean;
  readonly socket: string;
  /** The socket of the jump host's connection; `none`: directly; `config`: as ssh(1) is told. */
  readonly route: {readonly jump: string} | 'none' | 'config';
}

/** What a master prints on its stdout once it is in and takes commands. */
export const READY = 'zbufctl-ready';

/**
 * The arguments of the ssh(1) that holds the connection to a host and runs nothing itself. What is
 * on the command line goes before what ~/.ssh/config says: it forwards nothing, writes nothing but
 * accepted host keys, and never turns into another connection's client.
 */
export function masterArguments(request: MasterRequest): Result<readonly string[]> {
  const {host, target, keepAlive, options} = request;
  const files = [...target.knownHosts, ...host.identityFiles];
  const bad = files.find((path) => !isQuotable(path));
  if (bad !== undefined) return fail(badPath(host, bad));
  return ok([
    ...configFile(request.sshConfig),
    ...['-N', '-T', '-M', '-S', request.socket],
    ...['-l', target.user, '-p', String(target.port)],
    ...asOptions({
      BatchMode: yesNo(!request.mayAsk),
      ClearAllForwardings: 'yes',
      ConnectTimeout: String(Math.ceil(options.connectTimeoutMs / 1000) + 1),
      ConnectionAttempts: '1',
      ControlPersist: 'no',
      ForwardAgent: 'no',
      ForwardX11: 'no',
      // Not spoofed by a host, as its words come on stderr: the way to know that we are in.
      LocalCommand: `echo ${READY}`,
      PermitLocalCommand: 'yes',
      // Tells of each packet that comes, so that silence can be told from a busy host.
      LogLevel: 'DEBUG3',
      NumberOfPasswordPrompts: '3',
      RemoteCommand: 'none',
      ServerAliveInterval: String(Math.max(1, Math.round(keepAlive.intervalMs / 1000))),
      ServerAliveCountMax: String(keepAlive.most),
      StrictHostKeyChecking: request.acceptNew ? 'accept-new' : 'yes',
      Tunnel: 'no',
      UpdateHostKeys: 'no',
      VisualHostKey: 'no',
      GlobalKnownHostsFile: '/dev/null',
      UserKnownHostsFile: target.knownHosts.map(quoted).join(' ') || '/dev/null',
      ...proxy(request),
      ...since(request.client),
    }),
    ...host.identityFiles.flatMap((path) => ['-o', `IdentityFile=${quoted(path)}`]),
    '--',
    host.address,
  ]);
}

/** Options that older clients take for a mistake. */
const since = ({version}: ClientProgram): Record<string, string> => ({
  ...(version >= 807 ? {ForkAfterAuthentication: 'no', StdinNull: 'no'} : {}),
  // As for the ssh2 library: a shorter key proves nothing (NIST SP 800-57).
  ...(version >= 901 ? {RequiredRSASize: '2048'} : {}),
});

const proxy = ({route, target}: MasterRequest): Record<string, string> => {
  if (route === 'config') return {};
  if (route === 'none') return {ProxyCommand: 'none'};
  const {hostname, port} = target;
  // Neither the socket's path nor the host's name holds anything a shell would read (PrivateFolder,
  // isHostName).
  const words = ['ssh', ...muxArguments(route.jump, 'ERROR'), '-W', `'[${hostname}]:${port}'`];
  return {ProxyCommand: [...words, '--', 'jump'].join(' ').replaceAll('%', '%%')};
};

/**
 * The arguments of an ssh(1) that uses the connection behind a socket. Where the other side
 * refuses, ssh would go and open a connection of its own; the ProxyCommand sees to it that it
 * cannot.
 */
const muxArguments = (socket: string, logLevel: string): string[] => [
  ...['-F', 'none', '-S', socket],
  ...asOptions({
    BatchMode: 'yes',
    ControlMaster: 'no',
    LogLevel: logLevel,
    ProxyCommand: 'false',
  }),
];

/** The arguments that run `command` over the connection behind `socket`. */
export const channelArguments = (
  socket: string,
  log: string,
  command: string,
  terminal: boolean,
): readonly string[] => [
  ...muxArguments(socket, 'DEBUG2'),
  ...['-E', log, '-e', 'none', terminal ? '-tt' : '-T'],
  ...['--', 'host', command],
];

const configFile = (config: SshConfigMode): readonly string[] => {
  switch (config.mode) {
    case 'off':
      return ['-F', 'none'];
    case 'auto':
      return [];
    case 'file':
      return ['-F', config.path];
  }
};

const asOptions = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** A file name as ssh_config(5) reads it: tokens, quotes and backslashes stand for themselves. */
const quoted = (path: string): string =>
  `"${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`;

/** ssh(1) has no way to write `${` in a file name without meaning a variable. */
const isQuotable = (path: string): boolean => !/\$\{|\p{Cc}/u.test(path);

const badPath = (host: Host, path: string): Failure => ({
  kind: 'unsupported',
  message: `ssh cannot be told the file name "${sanitize(path, {limit: 200})}"`,
  fix: `Rename the file, and correct ${host.origin.file}:${host.origin.line}.`,
});
