import type {Reading} from '../model/reading.js';
import type {Unreadable} from '../model/reading.js';
import {unreadable} from '../model/reading.js';
import {sanitize} from '../text/sanitize.js';

/**
 * One section of the collector's stream. Lines are bytes: one character a byte (latin1), not yet
 * decoded.
 */
export interface Section {
  readonly name: string;
  /** What follows the name in the header. */
  readonly words: readonly string[];
  readonly content: readonly string[];
  /** What the command said on stderr, or the collector's own reason. */
  readonly complaint: readonly string[];
  /** An exit status, or `absent`, `unreadable`, `redacted`. */
  readonly status: string;
}

/** How a section of one name comes. */
export interface SectionKind {
  /** Once per host, or once for each of something: a file, a process, a sample. */
  readonly times: 'once' | 'each';
  /** A table of the kernel or a list of paths: it is not looked through for secrets. */
  readonly table?: true;
}

/** The sections a fact is read from, by name: declared beside the parser. */
export type SectionKinds = Readonly<Record<string, SectionKind>>;

/** The text of a line. Bytes that are not UTF-8 become U+FFFD. */
export function decode(bytes: string): string {
  // ASCII is the same either way, and it is nearly all there is.
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Why a section holds no value: what the command complained of, or what its status means. */
export function reason(section: Section, tool: string): string {
  const said = section.complaint.map(decode).join('; ');
  // 127 is sh's answer for a command it does not find; 124 and 137 are timeout(1)'s.
  if (section.status === '127') return `${tool} not found`;
  if (isSlow(section)) return `${tool} took too long`;
  if (said !== '') return sanitize(said, {limit: 300});
  if (section.status === '0') return `${tool} printed nothing`;
  return `${tool} ended with status ${sanitize(section.status, {limit: 40})}`;
}

const isSlow = ({status}: Section): boolean => status === '124' || status === '137';
const UNTRUSTED = 'untrusted path';

/** The same as a reading, with what kind of reason it is. */
export function unreadableSection(section: Section, tool: string): Unreadable {
  const untrusted = section.complaint.some((line) => line.startsWith(UNTRUSTED));
  return unreadable(
    reason(section, tool),
    isSlow(section) ? 'slow' : untrusted ? 'untrusted' : undefined,
  );
}

/**
 * The value of a section whose command succeeded. `parse` gets decoded lines and answers for
 * malformed ones.
 */
export function fromSection<T>(
  section: Section | undefined,
  tool: string,
  parse: (lines: readonly string[], section: Section) => Reading<T>,
): Reading<T> {
  if (section === undefined) return unreadable(`the host did not report ${tool}`);
  if (section.status !== '0') return unreadableSection(section, tool);
  return parse(section.content.map(decode), section);
}

/** What a parser answers when it does not recognise what a tool printed. */
export const malformed = (tool: string, line = ''): Reading<never> =>
  unreadable(
    line === ''
      ? `${tool}: output not understood`
      : `${tool}: line not understood: ${sanitize(line, {limit: 80})}`,
  );
