import type {ComplaintBook, Place} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Expansion, RangeStyle} from './expand-range.js';
import {expandRange} from './expand-range.js';
import {hostNameDefect, isIpv6, readPort} from './host-names.js';

export interface HostEntry {
  readonly names: Expansion;
  readonly port?: number;
}

/**
 * Reads `name`, `name:port`, `[v6]:port` or a range of names, as host lists have them; undefined:
 * complained about.
 */
export function readHostEntry(
  text: string,
  style: RangeStyle,
  at: Place,
  book: ComplaintBook,
): HostEntry | undefined {
  const {pattern, portText} = splitPort(text);
  const port = portText === undefined ? undefined : readPort(portText);
  if (portText !== undefined && port === undefined) {
    book.complain(
      at,
      `${quoted(text)} has a port that is not 1 to 65535`,
      'Write host:port, e.g. fw1:2222.',
    );
    return undefined;
  }
  const names = expandRange(pattern, style);
  // A range differs in letters and digits only, so its first name stands for all.
  const defect = 'message' in names ? names : hostNameDefect(names.first);
  if (defect !== undefined)
    book.complain(at, `the host ${quoted(pattern)} ${defect.message}`, defect.fix);
  if ('message' in names || defect !== undefined) return undefined;
  return {names, ...(port === undefined ? {} : {port})};
}

export function splitPort(text: string): {readonly pattern: string; readonly portText?: string} {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const inner = bracketed?.[1];
  if (inner !== undefined && isIpv6(inner)) {
    const portText = bracketed?.[2];
    return {pattern: inner, ...(portText === undefined ? {} : {portText})};
  }
  if (isIpv6(text)) return {pattern: text};
  // The colon of a port is behind every bracket; a second colon there means a broken IPv6 address.
  const tail = /^(.*\]|)([^\]:]*):([^\]:]*)$/.exec(text);
  if (tail === null) return {pattern: text};
  return {pattern: `${tail[1] ?? ''}${tail[2] ?? ''}`, portText: tail[3] ?? ''};
}
