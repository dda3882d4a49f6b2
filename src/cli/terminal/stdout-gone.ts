/** Calls back when nobody reads the result any more, or it cannot be written. */
export function whenStdoutIsGone(then: () => void): void {
  process.stdout.once('error', then);
}
