/** What a login shell answers to a command line it cannot read; `undefined`: it runs it. */
export interface ShellRefusal {
  readonly message: string;
  readonly exitCode: number;
}

/**
 * What csh would not run (facts: host-behaviour.md, shells and paths). Everything else is run by sh
 * in its place: the commands zbufctl sends are read the same way by both.
 */
export function cshRefusal(command: string): ShellRefusal | undefined {
  const open = outsideQuotes(command);
  if (open === undefined) return {message: "Unmatched '''.\n", exitCode: 1};
  if (open.withDoubleQuoted.includes('$('))
    return {message: 'Illegal variable name.\n', exitCode: 1};
  if (/\d?>\s*&\s*\d/.test(open.bare))
    return {message: 'Ambiguous output redirect.\n', exitCode: 1};
  return undefined;
}

/**
 * The text outside quotes, and that outside single quotes; undefined when a quote is open at a
 * line's end.
 */
function outsideQuotes(
  command: string,
): {readonly bare: string; readonly withDoubleQuoted: string} | undefined {
  let bare = '';
  let withDoubleQuoted = '';
  let quote = '';
  for (let i = 0; i < command.length; i += 1) {
    const c = command.charAt(i);
    if (c === '\n' && quote !== '') return undefined;
    if (c === '\\' && quote === '') {
      i += 1;
      continue;
    }
    if (quote === '' && (c === "'" || c === '"')) quote = c;
    else if (c === quote) quote = '';
    else {
      if (quote === '') bare += c;
      if (quote !== "'") withDoubleQuoted += c;
    }
  }
  return quote === '' ? {bare, withDoubleQuoted} : undefined;
}
