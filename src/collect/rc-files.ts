import type {FileMetadata, RcAssignment, RcFile} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';

import {LIMITS} from './limits.js';
import type {Section} from './section.js';
import {decode, malformed, unreadableSection} from './section.js';
import {wholeNumber} from './whole-number.js';

/** An rc file: of its content only assignments came, as "line name=value" with the value as it stands in the file. */
export function parseRcFile(section: Section, metadata: ReadonlyMap<string, FileMetadata>): RcFile {
  const path = section.words[0] ?? '';
  return {...(metadata.get(path) ?? {path}), assignments: assignmentsOf(section)};
}

function assignmentsOf(section: Section): Reading<readonly RcAssignment[]> {
  if (section.status === 'absent') return absent;
  if (section.status !== '0') return unreadableSection(section, 'the file');
  if (section.content.length > LIMITS.entries) return unreadable(`more than ${LIMITS.entries} assignments`);
  const assignments: RcAssignment[] = [];
  for (const text of section.content.map(decode)) {
    const [, number, name, value] = /^(\d+) ([A-Za-z_]\w{0,200})=([^\n]*)$/.exec(text) ?? [];
    const line = wholeNumber(number);
    if (line === undefined || name === undefined || value === undefined) return malformed('rc file', text);
    assignments.push({line, name, ...literal(value)});
  }
  return read(assignments);
}

/**
 * What sh(1) makes of the text after the =, where that is plain to see: one quoted or bare word, then at most a
 * comment. Everything else (expansions, joined words, a quote that ends on a later line) stays as it is.
 */
export function literal(text: string): Pick<RcAssignment, 'value' | 'literal'> {
  const line = text.trim();
  const plain =
    /^"([^"$`\\]*)"(?:\s+#.*|\s*;?)$/.exec(line) ??
    /^'([^']*)'(?:\s+#.*|\s*;?)$/.exec(line) ??
    /^([^\s"'$`\\;#&|<>()*?[~]*)(?:\s+#.*|\s*;?)$/.exec(line);
  const value = plain?.[1];
  return value === undefined ? {value: text, literal: false} : {value, literal: true};
}
