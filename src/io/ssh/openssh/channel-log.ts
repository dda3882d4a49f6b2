/** What the ssh(1) of a command tells of its end. */
export interface ChannelEnd {
  /** The command's status; absent: none came. */
  readonly status?: number;
  /** Why no command was run. */
  readonly refused?: string;
  /** The number of its channel in the log of the connection's ssh(1). */
  readonly channel?: number;
}

/**
 * Reads the log (DEBUG2) of an ssh(1) that ended with 255: the command's own status, or ssh's.
 * @param said the beginning of its stderr, which may be the command's
 */
export function readChannelLog(log: string, said: string): ChannelEnd {
  const found = (pattern: RegExp): string | undefined => pattern.exec(log)?.[1];
  const status = found(/Received exit status from master (\d+)/);
  const channel = found(/master session id: (\d+)/);
  const refused =
    found(/session request failed: (.*?)\r?$/im) ??
    found(/(Session open refused by peer|Master refused session request.*?)\r?$/m) ??
    /^(?:exec|subsystem) request failed on channel \d+/.exec(said)?.[0];
  return {
    ...(status === undefined ? {} : {status: Number(status)}),
    ...(refused === undefined ? {} : {refused}),
    ...(channel === undefined ? {} : {channel: Number(channel)}),
  };
}
