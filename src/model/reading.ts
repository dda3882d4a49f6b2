/**
 * Why a value could not be read, where the remedy is another than to become root:
 *
 * - `slow`: a command of the collector reached its time limit
 * - `limit`: there is more of it than is collected of any host
 * - `untrusted`: others than root can change the file, so root does not open it
 */
export const UNREADABLE_CAUSES = ['slow', 'limit', 'untrusted'] as const;
export type UnreadableCause = (typeof UNREADABLE_CAUSES)[number];

/** We could look, and it is not there (no such oid, no such file). */
export interface Absent {
  readonly state: 'absent';
}

/** We could not look; `why` is for people. */
export interface Unreadable {
  readonly state: 'unreadable';
  readonly why: string;
  readonly cause?: UnreadableCause;
}

/**
 * One value a host was asked for. Zero, absent and unreadable are three facts; none stands in for
 * another.
 *
 * `read`: the host said so; the value may well be 0 or ''.
 */
export type Reading<T> = {readonly state: 'read'; readonly value: T} | Absent | Unreadable;

export const read = <T>(value: T): Reading<T> => ({state: 'read', value});
export const absent: Absent = {state: 'absent'};
export const unreadable = (why: string, cause?: UnreadableCause): Unreadable => ({
  state: 'unreadable',
  why,
  ...(cause === undefined ? {} : {cause}),
});

/** Applies `f` to a value that was read; passes the other two states on untouched. */
export function mapReading<T, U>(reading: Reading<T>, f: (value: T) => U): Reading<U> {
  return reading.state === 'read' ? read(f(reading.value)) : reading;
}
