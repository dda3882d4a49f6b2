import {remembering} from '../text/remembering.js';

/** One line of a sysctl.conf(5) file as sysctl(8) reads it. `line` is 1-based. */
export type SysctlLine =
  | {readonly kind: 'blank'; readonly line: number}
  | {
      readonly kind: 'assignment';
      readonly line: number;
      readonly name: string;
      readonly value: string;
    }
  | {
      readonly kind: 'malformed';
      readonly line: number;
      readonly text: string;
      readonly why: string;
    };

/** sysctl(8) reads with fgets into a buffer of BUFSIZ (1024): longer lines fall apart. */
const LONGEST_LINE = 1023;
/** What isspace(3) calls a space in the C locale; the CR of a CRLF file is one. */
const SPACE = ' \t\n\v\f\r';

/**
 * Parses a sysctl.conf file the way sysctl(8) does: `#` starts a comment (inside quotes it does
 * not), blanks around the name and the value are dropped, `=` or `:` separates, one pair of quotes
 * around the value is stripped. Sources: facts host-behaviour.md (measured on 13.2),
 * sbin/sysctl/sysctl.c parsefile() and parse() of FreeBSD 14.
 */
export const parseSysctlConf = (text: string): readonly SysctlLine[] =>
  parsed(text, () => parseLines(text));

/** The files of a fleet are much the same. */
const parsed = remembering<readonly SysctlLine[]>(200, 4096);

function parseLines(text: string): readonly SysctlLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((raw, index) => parseLine(raw, index + 1));
}

function parseLine(raw: string, line: number): SysctlLine {
  const text = trim(stripComment(raw));
  if (text === '') return {kind: 'blank', line};
  if (raw.length > LONGEST_LINE)
    return {kind: 'malformed', line, text, why: `longer than ${LONGEST_LINE} bytes`};
  const at = text.search(/[=:]/);
  if (at === -1)
    return {kind: 'malformed', line, text, why: 'no = or : after the name, so no value is set'};
  const name = trimEnd(text.slice(0, at));
  if (name === '') return {kind: 'malformed', line, text, why: 'no name before the = or :'};
  return {kind: 'assignment', line, name, value: unquote(trimStart(text.slice(at + 1)))};
}

/**
 * Where in a line the value stands that the parser reads, inside its quotes: columns from 0, `to`
 * excluded. Undefined when the line is no assignment.
 */
export function valueSpan(raw: string): {readonly from: number; readonly to: number} | undefined {
  if (parseLine(raw, 1).kind !== 'assignment') return undefined;
  const text = trimEnd(stripComment(raw));
  const rest = text.slice(text.search(/[=:]/) + 1);
  const written = trimStart(rest);
  const from = text.length - written.length;
  const value = unquote(written);
  const inner = from + (value.length === written.length ? 0 : 1);
  return {from: inner, to: inner + value.length};
}

/**
 * Mirrors parsefile(): a # after an opening quote is data until the closing quote, and what follows
 * that is dropped.
 */
function stripComment(line: string): string {
  const single = line.indexOf("'");
  const double = line.indexOf('"');
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    const quote =
      single !== -1 && at > single ? single : double !== -1 && at > double ? double : -1;
    if (quote !== -1) {
      const closing = line.indexOf(line.charAt(quote), quote + 1);
      return closing === -1 ? line : line.slice(0, closing + 1);
    }
    if (at === 0 || line[at - 1] !== '\\') return line.slice(0, at);
  }
  return line;
}

function unquote(value: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value;
  // As parse(): the opening quote goes even when the closing one is missing.
  return value.length > 1 && value.endsWith(quote) ? value.slice(1, -1) : value.slice(1);
}

function trimStart(text: string): string {
  let from = 0;
  while (from < text.length && SPACE.includes(text.charAt(from))) from += 1;
  return text.slice(from);
}

function trimEnd(text: string): string {
  let to = text.length;
  while (to > 0 && SPACE.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(0, to);
}

const trim = (text: string): string => trimStart(trimEnd(text));

/**
 * The number sysctl(8) would set an `int` to, or undefined when it answers "invalid integer".
 * strtol(3) with base 0: decimal, 0x hexadecimal, leading-0 octal; cut to 32 bits as the cast to
 * int does. More than one number (blank or comma between) is more than an int holds, which the
 * kernel refuses.
 */
export function sysctlInt(value: string): number | undefined {
  const parts = value.split(/[ ,]+/).filter((part) => part !== '');
  const only = parts[0];
  if (only === undefined || parts.length > 1) return undefined;
  const match = /^[\t\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(only);
  const digits = match?.[2];
  if (digits === undefined) return undefined;
  const octal = /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const signed = match?.[1] === '-' ? -magnitude : magnitude;
  if (signed > 0x7fff_ffff_ffff_ffffn || signed < -0x8000_0000_0000_0000n) return undefined;
  return Number(BigInt.asIntN(32, signed));
}
