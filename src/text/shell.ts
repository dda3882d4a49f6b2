/**
 * One word of sh(1), whatever the text holds. The only quoting function there is: data goes to a
 * script as $1, $2 ..., never spliced into its text.
 *
 * @throws Error on a NUL, which no argument can carry; a caller that lets one through has a bug
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new Error('a shell word cannot hold a NUL');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script as it is sent on stdin to `/bin/sh -s`: a line that sets $1, $2 ... and then the
 * script itself.
 */
export function scriptWithArguments(script: string, args: readonly string[]): string {
  return `set -- ${args.map(shellQuote).join(' ')}\n${script}`;
}
