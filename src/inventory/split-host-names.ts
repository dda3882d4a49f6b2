import {quoted} from './complaint-book.js';
import {expandRange} from './expand-range.js';
import {hostNameDefect, readPort, userNameProblem} from './host-names.js';
import {splitPort} from './read-host-entry.js';

/** A host or a range as somebody types it: `[user@]host[:port]`. */
export interface TypedHost {
  readonly name: string;
  readonly user?: string;
  readonly port?: number;
}

/** Host names and ranges as somebody types them on one line: separated by blanks or commas. */
export const splitHostNames = (line: string): readonly string[] =>
  line.split(/[\s,]+/).filter((word) => word !== '');

/** Takes a typed host apart; a sentence when it cannot be one. */
export function readTypedHost(text: string): TypedHost | string {
  const at = text.lastIndexOf('@');
  const user = at === -1 ? undefined : text.slice(0, at);
  const {pattern, portText} = splitPort(text.slice(at + 1));
  const port = portText === undefined ? undefined : readPort(portText);
  if (user !== undefined && userNameProblem(user) !== undefined)
    return `${quoted(text)} has a user name that cannot be. Write USER@HOST:PORT.`;
  if (portText !== undefined && port === undefined)
    return `${quoted(text)} has a port that is not 1 to 65535. Write USER@HOST:PORT.`;
  const expanded = expandRange(pattern, '-');
  const defect = 'message' in expanded ? expanded : hostNameDefect(expanded.first);
  if (defect !== undefined) return `${quoted(text)} ${defect.message}. ${defect.fix}`;
  return {
    name: pattern,
    ...(user === undefined ? {} : {user}),
    ...(port === undefined ? {} : {port}),
  };
}

/**
 * What is wrong with these host names and ranges, in a sentence; undefined: they are one host at
 * least.
 */
export function hostNamesProblem(names: readonly string[]): string | undefined {
  if (names.length === 0) return 'Name at least one host, e.g. fw[01-04].example.net.';
  for (const name of names) {
    const read = readTypedHost(name);
    if (typeof read === 'string') return read;
  }
  return undefined;
}
