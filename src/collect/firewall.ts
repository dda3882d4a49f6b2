import type {Result} from '../model/failure.js';
import {ok} from '../model/failure.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';
import type {FirewallLooks, LogFile, LogInterface, LogRule} from '../model/trace.js';

import {splitFrames} from './frames.js';
import type {Section} from './section.js';
import {decode, fromSection, malformed, reason} from './section.js';
import {wholeNumber} from './whole-number.js';

type Moment = 'first' | 'second';
/** A host decides how long its lists are. */
const MOST_RULES = 20_000;

/**
 * What the trace's part of the collector (templates/trace) printed among the evidence. Formats:
 * sbin/pfctl/pfctl.c and pf_print_state.c, ifconfig(8), netstat(1) (reading).
 */
export function parseFirewall(bytes: Uint8Array): Result<FirewallLooks> {
  const frames = splitFrames(bytes);
  if (!frames.ok) return frames;
  const find = (name: string, ...words: readonly string[]): Section | undefined => {
    const found = frames.value.filter(
      (section) => section.name === name && words.every((word, at) => section.words[at] === word),
    );
    // Said twice is not said.
    return found.length === 1 ? found[0] : undefined;
  };
  const twice = <T>(make: (moment: Moment) => Reading<T>): readonly [Reading<T>, Reading<T>] => [
    make('first'),
    make('second'),
  ];
  const names = frames.value
    .filter(({name}) => name === 'interface')
    .flatMap(({words}) => words[0] ?? [])
    .slice(0, 64);
  const interfaces = names.map((name): [string, LogInterface] => [
    name,
    {
      up: parseUp(find('interface', name)),
      packets: twice((moment) => parsePackets(find('pflog-counters', moment, name), name)),
    },
  ]);
  return ok({
    enabled: parseStatus(find('pf-status')),
    rules: twice((moment) => parseRules(find('pf-rules', moment))),
    names: fromSection(find('interfaces'), 'ifconfig -l', (lines) =>
      read(lines.flatMap((line) => line.split(' ')).slice(0, 4096)),
    ),
    interfaces: new Map(interfaces),
    files: twice((moment) => parseFiles(find('log-files', moment))),
  });
}

const complains = (section: Section | undefined, of: RegExp): boolean =>
  section?.complaint.some((line) => of.test(line)) ?? false;

/** "Status: Enabled for 0 days 00:10:00   Debug: Urgent" */
function parseStatus(section: Section | undefined): Reading<boolean> {
  // pf(4) is not in the kernel.
  if (complains(section, /\/dev\/pf: (No such file|Device not configured)/)) return absent;
  return fromSection(section, 'pfctl -s info', (lines) => {
    const [, status] =
      lines.map((line) => /^Status: (Enabled|Disabled)\b/.exec(line)).find(Boolean) ?? [];
    return status === undefined ? malformed('pfctl -s info', lines[0]) : read(status === 'Enabled');
  });
}

/** A rule that logs: the action, "in" or "out", and then the word (print_rule). */
const LOGS =
  /^(?:@\d+ +)?(?:block(?: (?:drop|return(?:-rst|-icmp6?)?)(?:\([^)]*\))?)?|pass|match|scrub)(?: (?:in|out))? log\b(?: \(([^)]{0,100})\))?/;
const COUNTERS = /^\s+\[ Evaluations: \d+\s+Packets: (\d+)\s/;

function parseRules(
  section: Section | undefined,
): Reading<{readonly count: number; readonly logging: readonly LogRule[]}> {
  if (complains(section, /\/dev\/pf: (No such file|Device not configured)/)) return absent;
  return fromSection(section, 'pfctl -vsr', (lines) => {
    if (lines.length > MOST_RULES) return unreadable('pfctl -vsr: too many lines', 'limit');
    const logging: LogRule[] = [];
    let count = 0;
    let isOpen = false;
    for (const line of lines) {
      const [, packets] = COUNTERS.exec(line) ?? [];
      if (packets !== undefined) {
        const last = logging.at(-1);
        const number = wholeNumber(packets);
        if (isOpen && last !== undefined && number !== undefined)
          logging.splice(-1, 1, {...last, packets: read(number)});
        isOpen = false;
        continue;
      }
      // In an anchor rules are indented; a counter line begins with a bracket.
      const rule = line.trim();
      if (rule === '' || rule === '}' || rule.startsWith('[')) continue;
      count += 1;
      const match = LOGS.exec(rule);
      isOpen = match !== null;
      if (match === null) continue;
      const [, to] = /\bto (pflog\d{1,9})\b/.exec(match[1] ?? '') ?? [];
      logging.push({text: rule.slice(0, 300), interfaceName: to ?? 'pflog0', packets: absent});
    }
    return read({count, logging});
  });
}

function parseUp(section: Section | undefined): Reading<boolean> {
  if (complains(section, /does not exist/)) return absent;
  return fromSection(section, 'ifconfig', ([line = '']) => {
    const [, flags] = /^pflog\d+: flags=[0-9a-f]+<([A-Z0-9_,]*)>/.exec(line) ?? [];
    return flags === undefined
      ? malformed('ifconfig', line)
      : read(flags.split(',').includes('UP'));
  });
}

/** Counted from the right, since the address may be missing: ... Opkts Oerrs Obytes Coll */
function parsePackets(section: Section | undefined, name: string): Reading<number> {
  const tool = `netstat -I ${name}`;
  return fromSection(section, tool, ([header = '', ...rows]) => {
    if (!/\bOpkts\s+Oerrs\s+Obytes\s+Coll\s*$/.test(header)) return malformed(tool, header);
    const row = rows.find((line) => line.startsWith(name) && line.includes('<Link#'));
    const packets = wholeNumber(row?.trim().split(/\s+/).at(-4));
    return packets === undefined ? malformed(tool, row) : read(packets);
  });
}

function parseFiles(section: Section | undefined): Reading<readonly LogFile[]> {
  if (section === undefined) return unreadable('the host did not report the log files');
  if (section.status !== '0') return unreadable(reason(section, 'stat'));
  const files = section.content.map(decode).flatMap((line): LogFile[] => {
    const [, size, changed, path = ''] = /^(\d{1,15}) (\d{1,12}) (\/\S{1,1000})$/.exec(line) ?? [];
    const [bytes, seconds] = [wholeNumber(size), wholeNumber(changed)];
    return bytes === undefined || seconds === undefined
      ? []
      : [{path, size: bytes, changed: seconds}];
  });
  return read(files.slice(0, 64));
}
