/**
 * Everything that can keep a host from answering. A closed list: renderers, schemas and exit codes
 * handle each.
 */
export const FAILURE_KINDS = [
  'unresolved', //       the name has no address
  'refused', //          nothing listens there, or no route
  'timed-out', //        connect, authenticate or collect took longer than allowed
  'host-key-unknown', // no known_hosts line for this host
  'host-key-changed', // known_hosts has another key: someone in the middle, or a reinstalled host
  'host-key-revoked', // known_hosts says @revoked
  'host-key-weak', //    the host's key is too short to prove anything
  'unsupported', //      needs what the ssh2 library cannot do (certificates, FIDO keys); named in `message`
  'auth', //             every authentication method was refused
  'become', //           logged in, but sudo, doas or su did not let us through
  'cut', //              the connection or the stream ended before the closing record
  'silent', //           logged in, but nothing comes any more, not even answers to keepalive questions
  'flooded', //          the host sent more than the allowed number of bytes
  'protocol', //         what answered does not speak SSH as we know it
  'jump', //             the proxy jump host could not be used
  'interrupted', //      the operator stopped the run before this host was finished
  'no-record', //        what others collected was brought in, and nothing of this host was there
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/**
 * When a host that cannot be reached is worth asking again, for who goes on for ever. `soon`: it
 * may be back any moment. `late`: only somebody who does something about it brings it back, and
 * asking often does harm: logins that fail are counted by blacklistd(8) and fail2ban.
 */
export const COMES_BACK: Readonly<Record<FailureKind, 'soon' | 'late'>> = {
  unresolved: 'soon',
  refused: 'soon',
  'timed-out': 'soon',
  'host-key-unknown': 'late',
  'host-key-changed': 'late',
  'host-key-revoked': 'late',
  'host-key-weak': 'late',
  unsupported: 'late',
  auth: 'late',
  become: 'late',
  cut: 'soon',
  silent: 'soon',
  flooded: 'late',
  protocol: 'late',
  jump: 'soon',
  'no-record': 'late',
  interrupted: 'soon',
};

/** What may mean that somebody else answers in the host's place: who watches is told at once. */
export const MAY_BE_ANOTHER: ReadonlySet<FailureKind> = new Set([
  'host-key-changed',
  'host-key-revoked',
]);

export interface Failure {
  readonly kind: FailureKind;
  /** What happened, for people. Bytes from the host in it are already made harmless. */
  readonly message: string;
  /** What to do next, one sentence or a command to copy. */
  readonly fix: string;
  /**
   * The first lines of what the host printed instead of an answer, made harmless; absent: not
   * asked, or nothing.
   * @minItems 1
   * @maxItems 5
   */
  readonly said?: readonly string[];
}

/**
 * `later`: the server had no room for us (sshd's MaxStartups). `fewer`: this machine cannot carry
 * as many connections at a time.
 */
export type AskAgain = 'later' | 'fewer';

/** A failure as it is met; documents have none of what it says of asking again, and of lines. */
export interface MetFailure extends Failure {
  /** When asking again may help; absent: it would only be the same. */
  readonly again?: AskAgain;
  /** Which line of what the host printed is wrong, from 1; absent: the whole. */
  readonly line?: number;
}

/** A failure as documents have it. */
export const forTheRecord = ({again: _, line: __, ...failure}: MetFailure): Failure => failure;

/** A value, or what kept us from it. */
export type Result<T, E = MetFailure> =
  {readonly ok: true; readonly value: T} | {readonly ok: false; readonly error: E};

export const ok = <T>(value: T): {readonly ok: true; readonly value: T} => ({ok: true, value});
export const fail = <E>(error: E): {readonly ok: false; readonly error: E} => ({ok: false, error});
