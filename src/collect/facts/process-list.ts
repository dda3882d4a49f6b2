import type {ProcessInfo} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {fromSection, malformed} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  processes: {times: 'once'},
} as const satisfies SectionKinds;

const TOOL = 'ps';
const HEADER = /^\s*PID\s+PPID\s+PGID\s+JID\s+USER\s+STAT\s+STARTED\s+COMMAND\s+COMMAND\s*$/;
const LEFT =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \d{4}) +/;

/**
 * The processes the collector chose from `ps -o pid,ppid,pgid,jid,user,stat,lstart,comm,args`:
 * those with a descriptor and their relatives. When nobody is known to have one because the
 * collector was not root, there is nothing to choose by, and none chosen is not none there.
 */
export function parseProcesses(
  section: Section | undefined,
  root: boolean,
): Reading<readonly ProcessInfo[]> {
  return fromSection(section, TOOL, ([header, ...lines]) => {
    if (header === undefined || !HEADER.test(header)) return malformed(TOOL, header);
    if (lines.length > LIMITS.processes)
      return unreadable(`${TOOL}: more than ${LIMITS.processes} processes`, 'limit');
    if (lines.length === 0 && !root)
      return unreadable('which processes capture cannot be seen by this user, so none was chosen');
    const width = header.lastIndexOf('COMMAND') - header.indexOf('COMMAND');
    const processes = lines.flatMap((line) => parseLine(line, width) ?? []);
    // A line that is not understood costs that line; when all are, the format is another.
    return processes.length === 0 && lines.length > 0 ? malformed(TOOL, lines[0]) : read(processes);
  });
}

/**
 * @param width columns from the start of comm to the start of args. The header alone does not tell
 *   where comm starts in a line (a long user name pushes it), the end of the start time does; and
 *   comm may hold spaces.
 */
function parseLine(line: string, width: number): ProcessInfo | undefined {
  const [left, pidText, ppidText, pgidText, jidText, user, state, started] = LEFT.exec(line) ?? [];
  const [pid, ppid, pgid, jid] = [pidText, ppidText, pgidText, jidText].map(wholeNumber);
  if (left === undefined || user === undefined || state === undefined || started === undefined)
    return undefined;
  if (pid === undefined || ppid === undefined || pgid === undefined || jid === undefined)
    return undefined;
  const rest = line.slice(left.length);
  const command = rest.slice(0, width).trimEnd();
  if (command === '' || user.length > LIMITS.word) return undefined;
  return {
    pid,
    ppid,
    pgid,
    jid,
    user,
    state,
    started,
    command,
    args: rest.slice(width).slice(0, LIMITS.text).trimEnd(),
  };
}
