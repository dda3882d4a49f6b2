import type {RcEvidence, RcFile} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {read, unreadable} from '../model/reading.js';

import {LIMITS} from './limits.js';
import type {Section} from './section.js';
import {decode, fromSection, malformed} from './section.js';

/** What rc(8) will start, and with which settings. */
export function parseRc(sections: ReadonlyMap<string, Section>, files: readonly RcFile[]): RcEvidence {
  // sysrc and service source the rc files, leave out what they may not read, and exit 0 all the same.
  const hidden = files.find((file) => file.assignments.state === 'unreadable');
  const whole = <T>(reading: Reading<T>, tool: string): Reading<T> =>
    reading.state === 'read' && hidden?.assignments.state === 'unreadable'
      ? unreadable(`${tool} had to leave out ${hidden.path}: ${hidden.assignments.why}`)
      : reading;
  return {
    variables: whole(fromSection(sections.get('variables'), 'sysrc -a', parseVariables), 'sysrc -a'),
    enabled: whole(fromSection(sections.get('enabled'), 'service -e', parseEnabled), 'service -e'),
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
    if (name === undefined && last === undefined) return malformed('sysrc -a', line);
    last = name ?? last ?? '';
    const text = name === undefined ? `${values.get(last) ?? ''}\n${line}` : value;
    if (text.length > LIMITS.text) return unreadable(`sysrc -a: the value of ${last} is too long`);
    values.set(last, text);
    if (values.size > LIMITS.entries) return unreadable(`sysrc -a: more than ${LIMITS.entries} variables`);
  }
  return read(Object.fromEntries(values));
}

function parseEnabled(lines: readonly string[]): Reading<readonly string[]> {
  const odd = lines.find((line) => !/^\/\S{1,1000}$/.test(line));
  if (odd !== undefined) return malformed('service -e', odd);
  return lines.length > LIMITS.entries ? unreadable('service -e: too many scripts') : read(lines);
}

function parseCommands(section: Section | undefined): Readonly<Record<string, string>> {
  if (section?.status !== '0') return {};
  const pairs = section.content.map((line) => /^(\/\S{1,1000}) (\/\S{1,1000})$/.exec(decode(line)));
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair?.[1] === undefined || pair[2] === undefined ? [] : [[pair[1], pair[2]]])),
  );
}
