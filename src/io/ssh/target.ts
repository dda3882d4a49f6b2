import type {Failure, Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {SshChoice} from '../../model/transport.js';
import {readProxyCommand} from '../../text/proxy-command.js';
import {sanitize} from '../../text/sanitize.js';
import type {SshDefaults} from './options.js';
import type {SshSettings} from './config/ssh-settings.js';

/** A key file to try. `explicit`: somebody named it, so it goes before what merely lies around. */
export interface IdentityFile {
  readonly path: string;
  readonly explicit: boolean;
}

/**
 * Everything needed to connect to one host: the inventory, then ~/.ssh/config, then the defaults.
 */
export interface Target {
  /** The inventory's name. */
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias?: string;
  /** In order; the first is where new keys go. */
  readonly knownHosts: readonly string[];
  readonly hashKnownHosts: boolean;
  readonly identityFiles: readonly IdentityFile[];
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Path of the agent's socket. */
  readonly agentSocket?: string;
  readonly methods: {
    readonly publickey: boolean;
    readonly keyboardInteractive: boolean;
    readonly password: boolean;
    /** ssh_config allows it; only ssh(1) can do it. */
    readonly gssapi: boolean;
  };
  /** Jump hosts in order, as written. */
  readonly jump: readonly string[];
  /** Key files for jump hosts that the inventory does not know. */
  readonly jumpKeys: readonly string[];
  readonly family: 0 | 4 | 6;
  readonly bindAddress?: string;
}

/**
 * Puts the three sources together; a failure when they ask for what the transport cannot do, or
 * make no sense.
 */
export function resolveTarget(
  host: Host,
  settings: SshSettings | undefined,
  defaults: SshDefaults,
  transport: Exclude<SshChoice, 'auto'> = 'ssh2',
): Result<Target> {
  const unsupported = transport === 'ssh2' ? unsupportedSetting(host, settings) : undefined;
  if (unsupported !== undefined) return fail(unsupported);
  const user = host.user ?? settings?.user ?? defaults.user;
  const port = host.port ?? settings?.port ?? 22;
  const hostname = (settings?.hostname ?? host.address).toLowerCase();
  if (!isHostName(hostname)) return fail(badName(host, 'host name', hostname));
  if (!isUserName(user)) return fail(badName(host, 'user name', user));

  const expand = expander({
    h: hostname,
    n: host.address,
    p: String(port),
    r: user,
    d: defaults.homeDirectory,
    u: defaults.user,
    '%': '%',
  });
  const socket = agentSocket(settings?.identityAgent, defaults);
  const alias = settings?.hostKeyAlias;
  return ok({
    name: host.name,
    hostname,
    port,
    user,
    ...(alias === undefined ? {} : {hostKeyAlias: expand(alias).toLowerCase()}),
    knownHosts: knownHosts(host, settings, defaults).map(expand),
    hashKnownHosts: settings?.hashKnownHosts ?? false,
    identityFiles: identityFiles(host, settings, defaults, expand),
    certificateFiles: (settings?.certificateFiles ?? []).map(expand),
    identitiesOnly: settings?.identitiesOnly ?? false,
    ...(socket === undefined ? {} : {agentSocket: expand(socket)}),
    methods: {
      publickey: settings?.publickey ?? true,
      keyboardInteractive: settings?.keyboardInteractive ?? true,
      password: settings?.password ?? true,
      gssapi: settings?.gssapi ?? false,
    },
    ...jumpHosts(host, settings, expand),
    family: settings?.family ?? 0,
    ...(settings?.bindAddress === undefined ? {} : {bindAddress: settings.bindAddress}),
  });
}

function unsupportedSetting(host: Host, settings: SshSettings | undefined): Failure | undefined {
  if (
    settings?.proxyCommand !== undefined &&
    host.proxyJump === undefined &&
    readProxyCommand(settings.proxyCommand) === undefined
  )
    return {
      kind: 'unsupported',
      message: `~/.ssh/config has a ProxyCommand for ${host.address}, which is none that a jump host can stand for (ssh -W %h:%p HOST)`,
      fix: 'Use ProxyJump there, or proxyJump in the inventory ([] for a direct connection).',
    };
  if (settings?.revokedHostKeys !== undefined)
    return {
      kind: 'unsupported',
      message: `~/.ssh/config has RevokedHostKeys ${settings.revokedHostKeys} for ${host.address}; key revocation lists cannot be read`,
      fix: 'Put the revoked keys into known_hosts as @revoked lines and remove the option.',
    };
  return undefined;
}

function jumpHosts(
  host: Host,
  settings: SshSettings | undefined,
  expand: (path: string) => string,
): Pick<Target, 'jump' | 'jumpKeys'> {
  if (host.proxyJump !== undefined)
    return {jump: host.proxyJump, jumpKeys: host.jumpIdentityFiles ?? []};
  if (settings?.proxyJump !== undefined) return {jump: settings.proxyJump.split(','), jumpKeys: []};
  const proxy =
    settings?.proxyCommand === undefined ? undefined : readProxyCommand(settings.proxyCommand);
  return {
    jump: proxy === undefined ? [] : [proxy.jump],
    jumpKeys: (proxy?.identityFiles ?? []).map(expand),
  };
}

const badName = (host: Host, what: string, value: string): Failure => ({
  kind: 'unresolved',
  message: `"${sanitize(value, {limit: 100})}" is not a ${what}`,
  fix: `Correct ${host.origin.file}:${host.origin.line}, or the ~/.ssh/config entry for the host.`,
});

/**
 * Letters, digits, dots, colons (IPv6), a zone after %; never a leading dash, which ssh(1) would
 * take for an option.
 */
export const isHostName = (text: string): boolean =>
  text.length <= 253 && /^[\p{L}\p{N}_.:][\p{L}\p{N}_.:%-]*$/u.test(text);

/**
 * What ssh(1) allows, less what no system allows: no leading dash, no blanks, controls, quotes or
 * shell characters.
 */
export const isUserName = (text: string): boolean =>
  text.length <= 256 &&
  /^[^-\s\p{C}'"`;&<>|(){}!$*?[\]\\][^\s\p{C}'"`;&<>|(){}!$*?[\]\\]*$/u.test(text);

function knownHosts(
  host: Host,
  settings: SshSettings | undefined,
  defaults: SshDefaults,
): readonly string[] {
  if (host.knownHosts.length > 0) return host.knownHosts;
  const configured = [...(settings?.userKnownHosts ?? []), ...(settings?.globalKnownHosts ?? [])];
  return configured.length > 0 ? configured : defaults.knownHosts;
}

/**
 * ssh -G prints these when no IdentityFile is set; naming one of them explicitly makes no
 * difference to us.
 */
const UNNAMED = /^~\/\.ssh\/id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/;

function identityFiles(
  host: Host,
  settings: SshSettings | undefined,
  defaults: SshDefaults,
  expand: (path: string) => string,
): IdentityFile[] {
  if (host.identityFiles.length > 0)
    return host.identityFiles.map((path) => ({path, explicit: true}));
  const named = (settings?.identityFiles ?? []).filter((path) => !UNNAMED.test(path));
  if (named.length > 0) return named.map((path) => ({path: expand(path), explicit: true}));
  return defaults.identityFiles.map((path) => ({path, explicit: false}));
}

function agentSocket(configured: string | undefined, defaults: SshDefaults): string | undefined {
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return defaults.authSock;
  if (configured === 'none') return undefined;
  return configured.startsWith('$')
    ? defaults.environment?.(configured.slice(1).replace(/^\{(.*)\}$/, '$1'))
    : configured;
}

/**
 * Fills in `~` and the tokens of ssh_config(5) that `ssh -G` leaves in file names. An unknown token
 * stays as it is.
 */
const expander =
  (tokens: Readonly<Record<string, string>>) =>
  (path: string): string =>
    path
      .replace(/^~(?=\/|$)/, tokens['d'] ?? '~')
      .replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
