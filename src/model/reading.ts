/**
 * One value a host was asked for. Zero, absent and unreadable are three facts; none stands in for another.
 *
 * - `read`: the host said so; the value may well be 0 or ''.
 * - `absent`: we could look, and it is not there (no such oid, no such file).
 * - `unreadable`: we could not look; `why` is for people.
 */
export type Reading<T> =
  | {readonly state: 'read'; readonly value: T}
  | {readonly state: 'absent'}
  | {readonly state: 'unreadable'; readonly why: string};

export const read = <T>(value: T): Reading<T> => ({state: 'read', value});
export const absent: {readonly state: 'absent'} = {state: 'absent'};
export const unreadable = (why: string): {readonly state: 'unreadable'; readonly why: string} => ({
  state: 'unreadable',
  why,
});

/** Applies `f` to a value that was read; passes the other two states on untouched. */
export function mapReading<T, U>(reading: Reading<T>, f: (value: T) => U): Reading<U> {
  return reading.state === 'read' ? read(f(reading.value)) : reading;
}
