import type {OldStyleScript, RcEvidence, RcFile} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {decode, fromSection, malformed} from '../section.js';

export const SECTIONS = {
  variables: {times: 'once'},
  enabled: {times: 'once', table: true},
  undecided: {times: 'once'},
  'old-style': {times: 'once'},
  commands: {times: 'once', table: true},
} as const satisfies SectionKinds;

const VARIABLES = 'the rc variables';
const ENABLED = 'what rc starts';
const SCRIPT = /^\/\S{1,1000}$/;

/** What rc(8) will start, and with which settings. */
export function parseRc(
  sections: ReadonlyMap<string, Section>,
  files: readonly RcFile[],
): RcEvidence {
  // What may not be read is left out where the values are worked out, too.
  const hidden = files.find((file) => file.assignments.state === 'unreadable')?.assignments;
  const path = files.find((file) => file.assignments.state === 'unreadable')?.path ?? '';
  const whole = <T>(reading: Reading<T>): Reading<T> =>
    reading.state === 'read' && hidden?.state === 'unreadable'
      ? unreadable(`${path} could not be read: ${hidden.why}`, hidden.cause)
      : reading;
  const undecided = (sections.get('undecided')?.content ?? [])
    .map(decode)
    .filter((line) => SCRIPT.test(line))
    .slice(0, LIMITS.entries);
  const oldStyle = (sections.get('old-style')?.content ?? [])
    .flatMap((line) => oldStyleScript(decode(line)))
    .slice(0, LIMITS.entries);
  return {
    variables: whole(fromSection(sections.get('variables'), VARIABLES, parseVariables)),
    enabled: whole(fromSection(sections.get('enabled'), ENABLED, parseEnabled)),
    ...(undecided.length === 0 ? {} : {undecided}),
    ...(oldStyle.length === 0 ? {} : {oldStyle}),
    commands: parseCommands(sections.get('commands')),
    files,
  };
}

/** `name: value`; a line that is not one continues the value before it. */
function parseVariables(lines: readonly string[]): Reading<Readonly<Record<string, string>>> {
  const values = new Map<string, string>();
  let last: string | undefined;
  for (const line of lines) {
    const [, name, value = ''] = /^([A-Za-z_]\w{0,200}):(?: (.*))?$/.exec(line) ?? [];
    if (name === undefined && last === undefined) return malformed(VARIABLES, line);
    last = name ?? last ?? '';
    const text = name === undefined ? `${values.get(last) ?? ''}\n${line}` : value;
    if (text.length > LIMITS.text)
      return unreadable(`${VARIABLES}: the value of ${last} is too long`);
    values.set(last, text);
    if (values.size > LIMITS.entries)
      return unreadable(`${VARIABLES}: more than ${LIMITS.entries}`, 'limit');
  }
  return read(Object.fromEntries(values));
}

function oldStyleScript(line: string): readonly OldStyleScript[] {
  const [, script, program] = /^(\/\S{1,1000}) (\/\S{1,1000}|-)$/.exec(line) ?? [];
  if (script === undefined || program === undefined) return [];
  return [program === '-' ? {script} : {script, program}];
}

function parseEnabled(lines: readonly string[]): Reading<readonly string[]> {
  const odd = lines.find((line) => !SCRIPT.test(line));
  if (odd !== undefined) return malformed(ENABLED, odd);
  return lines.length > LIMITS.entries
    ? unreadable(`${ENABLED}: more than ${LIMITS.entries} scripts`, 'limit')
    : read(lines);
}

function parseCommands(section: Section | undefined): Readonly<Record<string, string>> {
  if (section?.status !== '0') return {};
  const pairs = section.content.map((line) => /^(\/\S{1,1000}) (\/\S{1,1000})$/.exec(decode(line)));
  return Object.fromEntries(
    pairs.flatMap((pair) =>
      pair?.[1] === undefined || pair[2] === undefined ? [] : [[pair[1], pair[2]]],
    ),
  );
}
