/** One hop of a proxy jump, as ssh(1) takes it after -J. */
export interface JumpSpec {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/**
 * Reads `[user@]host[:port]`, `[user@][v6]:port` or `ssh://...`; undefined when it is none of
 * these.
 */
export function parseJumpSpec(text: string): JumpSpec | undefined {
  const match =
    /^(?:ssh:\/\/)?(?:(?<user>[^@\s]+)@)?(?:\[(?<v6>[^\]\s]+)\]|(?<host>[^@:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(
      text.trim(),
    );
  const bare = match === null ? bareIpv6(text.trim()) : undefined;
  if (bare !== undefined) return {host: bare};
  const {user, v6, host, port} = match?.groups ?? {};
  const name = v6 ?? host;
  if (name === undefined || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)))
    return undefined;
  return {
    host: name,
    ...(user === undefined ? {} : {user}),
    ...(port === undefined ? {} : {port: Number(port)}),
  };
}

const bareIpv6 = (text: string): string | undefined =>
  /^[0-9a-f:.]+(?:%[\w.-]+)?$/i.test(text) && text.split(':').length > 2 ? text : undefined;
