/** A defect of a name or address, as the end of a sentence, and what to do. */
export interface Defect {
  readonly message: string;
  readonly fix: string;
}

/**
 * Characters of a host name, before ranges are spelled out. No leading `-` (ssh would take it for
 * an option), no `@` and no space. Colons are for IPv6 addresses. The JSON Schema uses the same
 * expression.
 */
export const HOST_NAME = /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/;
/** The same with ranges in brackets. */
export const HOST_PATTERN = /^[A-Za-z0-9_:[][A-Za-z0-9_.:%[\]-]*$/;
export const USER_NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.@\\+-]*\$?$/;
export const GROUP_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** RFC 1035 2.3.4 without the final dot. */
const LONGEST_NAME = 253;

const WITH_PORT = /^([^:]+):(\d+)$/;

/** `host` or `host:port` as members of a mapping. */
function nameAndPort(host: string): string {
  const [, name, port] = WITH_PORT.exec(host) ?? [];
  return name === undefined ? `name: ${host}` : `name: ${name}, port: ${port ?? ''}`;
}

/** Why this cannot be the name of a host; undefined: it can. */
export function hostNameDefect(name: string): Defect | undefined {
  if (name === '') return {message: 'is empty', fix: 'Write the host name, or remove the entry.'};
  if (name.startsWith('-'))
    return {message: 'starts with -', fix: 'Host names start with a letter or digit.'};
  if (name.length > LONGEST_NAME)
    return {message: `has ${name.length} characters`, fix: `DNS allows ${LONGEST_NAME}.`};
  const at = /^(?<user>[^@\s]+)@(?<host>[^@\s]+)$/.exec(name)?.groups;
  if (at !== undefined)
    return {
      message: 'has a user in it',
      fix: `Write {${nameAndPort(at['host'] ?? '')}, user: ${at['user'] ?? ''}}.`,
    };
  if (/[*?]/.test(name))
    return {
      message: 'has a wildcard',
      fix: 'Write ranges, e.g. fw[01-40]; wildcards select hosts on the command line.',
    };
  if (/[^\x00-\x7f]/.test(name))
    return {message: 'is not ASCII', fix: 'Write international names in their xn-- form.'};
  if (!HOST_NAME.test(name))
    return {
      message: 'has characters no host name has',
      fix: 'Letters, digits, dots, dashes and underscores are allowed.',
    };
  if (WITH_PORT.test(name))
    return {message: 'has a port in it', fix: `Write {${nameAndPort(name)}}.`};
  if (name.includes(':') && !isIpv6(name))
    return {message: 'has a colon but is no IPv6 address', fix: 'Correct it.'};
  if (name.includes('%') && !isIpv6(name))
    return {message: 'has a % but is no IPv6 address with a zone', fix: 'Correct it.'};
  if (/^\.|\.\.|^\.*$/.test(name))
    return {message: 'has an empty part between dots', fix: 'Correct it.'};
  return undefined;
}

/** Why nothing can be connected to there; undefined: it can. */
export function addressDefect(address: string): Defect | undefined {
  const bare = /^\[(.*)\]$/.exec(address)?.[1];
  if (bare !== undefined && isIpv6(bare))
    return {message: 'is in brackets', fix: `Write "${bare}".`};
  const defect = hostNameDefect(address);
  if (defect !== undefined) return defect;
  // inet_aton(3) reads 10 as 0.0.0.10, 10.1 as 10.0.0.1 and 010 as octal: never what was meant.
  if (/^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$/i.test(address) && !isIpv4(address))
    return {
      message: 'looks like an IPv4 address but is none',
      fix: 'Write four numbers from 0 to 255, without leading zeros.',
    };
  return undefined;
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** RFC 4291 2.2 text form, with an optional zone (RFC 4007 11). */
export function isIpv6(text: string): boolean {
  const [address = '', zone, extra] = text.split('%');
  if (extra !== undefined || (zone !== undefined && !/^[\w.-]+$/.test(zone))) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const tail = last?.includes('.') === true && isIpv4(last) ? 1 : 0;
  if (
    !groups.every(
      (group, i) => /^[0-9a-fA-F]{1,4}$/.test(group) || (tail === 1 && i === groups.length - 1),
    )
  )
    return false;
  const count = groups.length + tail;
  return halves.length === 2 ? count < 8 : count === 8;
}

export interface Destination {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/**
 * Reads `[user@]host[:port]` or `[user@][v6]:port`, as ssh -J takes it; a defect when it is none.
 */
export function readDestination(text: string): Destination | Defect {
  const at = text.lastIndexOf('@');
  const user = at === -1 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  if (user !== undefined && !USER_NAME.test(user))
    return {message: 'has a user name that cannot be', fix: 'Write user@host.'};
  const match =
    /^\[([^\]]*)\](?::(.*))?$/.exec(rest) ??
    (isIpv6(rest) ? null : /^([^:]*)(?::(.*))?$/.exec(rest));
  const host = match === null ? rest : (match[1] ?? '');
  const portText = match?.[2];
  const defect = addressDefect(host);
  if (defect !== undefined) return defect;
  const port = portText === undefined ? undefined : readPort(portText);
  if (portText !== undefined && port === undefined)
    return {
      message: 'has a port that is not 1 to 65535',
      fix: 'Write host:port, e.g. fw1.example.net:2222.',
    };
  return {host, ...(user === undefined ? {} : {user}), ...(port === undefined ? {} : {port})};
}

export const isDefect = (value: Destination | Defect): value is Defect => 'message' in value;

/** A TCP port in plain decimal digits. */
export function readPort(text: string): number | undefined {
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}

/** What is wrong with a user name, in a sentence; undefined: nothing. */
export const userNameProblem = (text: string): string | undefined =>
  USER_NAME.test(text) ? undefined : 'Write the name of a user, e.g. root.';
