import type {FileMetadata, RcAssignment, RcFile} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';
import {withoutTrailingBlanks} from '../../text/trim-blanks.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {decode, malformed, unreadableSection} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  rc: {times: 'each'},
} as const satisfies SectionKinds;

/**
 * An rc file: of its content only assignments came, as "number line", and how many lines it has.
 */
export function parseRcFile(section: Section, metadata: ReadonlyMap<string, FileMetadata>): RcFile {
  const path = section.words[0] ?? '';
  const content = section.content.map(decode);
  const [, count, unended] = /^(\d+) lines( unended)?$/.exec(content.at(-1) ?? '') ?? [];
  const lines = wholeNumber(count);
  return {
    ...(metadata.get(path) ?? {path}),
    assignments: assignmentsOf(section, lines === undefined ? content : content.slice(0, -1)),
    ...(lines === undefined ? {} : {lines}),
    ...(unended === undefined ? {} : {unended: true}),
  };
}

function assignmentsOf(
  section: Section,
  content: readonly string[],
): Reading<readonly RcAssignment[]> {
  if (section.status === 'absent') return absent;
  if (section.status !== '0') return unreadableSection(section, 'the file');
  if (content.length > LIMITS.entries) return unreadable(`more than ${LIMITS.entries} assignments`);
  const assignments: RcAssignment[] = [];
  for (const record of content) {
    const [, number, text = '', name, value] =
      /^(\d+) ([ \t]*(?:export[ \t]+)?([A-Za-z_]\w{0,200})=([^\n]*))$/.exec(record) ?? [];
    const line = wholeNumber(number);
    if (line === undefined || name === undefined || value === undefined)
      return malformed('rc file', record);
    assignments.push({line, name, ...literal(value), text});
  }
  return read(assignments);
}

/**
 * What sh(1) makes of the text after the =, where that is plain to see: one quoted or bare word,
 * then at most a comment. A carriage return is a character like any other, so it is part of the
 * word. Everything else (expansions, joined words, a quote that ends on a later line) stays as it
 * is.
 */
export function literal(text: string): Pick<RcAssignment, 'value' | 'literal'> {
  const line = withoutTrailingBlanks(text);
  const plain = PLAIN.map((form) => form.exec(line)).find((match) => match !== null);
  const [, word, cr = ''] = plain ?? [];
  return word === undefined ? {value: text, literal: false} : {value: word + cr, literal: true};
}

/** What may follow: nothing, a semicolon, a comment. */
const END = '(?:[ \\t]*;?|[ \\t]+#[^\\n]*|[ \\t]*;[ \\t]*#[^\\n]*)$';
const PLAIN = ['"([^"$`\\\\]*)"', "'([^']*)'", '([^\\s"\'$`\\\\;#&|<>()*?[~]*)'].map(
  (word) => new RegExp(`^${word}(\\r?)${END}`),
);
