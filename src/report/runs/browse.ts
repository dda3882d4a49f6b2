import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import {shellQuote} from '../../text/shell.js';
import {
  bySeverity,
  byUrgency,
  countStates,
  shortValue,
  stateWord,
  worstFinding,
} from '../findings/audit-view.js';
import type {StateCount} from '../findings/audit-view.js';
import {aboutOf, headingOf, readingAsTold} from '../findings/finding-text.js';
import {cleanName, labelled, paragraph, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {columns, wrap} from '../terminal/wrap.js';

/** A line to choose, and what it stands for. */
export interface Entry<T> {
  readonly label: string;
  readonly value: T;
}

/** The states hosts of a run are in, most urgent first. */
export const stateEntries = (run: AuditRun): readonly Entry<StateCount['word']>[] =>
  countStates(run.hosts).map(({word, count}) => ({
    label: `${word.padEnd(14)} ${plural(count, 'host')}`,
    value: word,
  }));

/** The hosts in a state, one a line: values, the worst finding, and whether it is practice. */
export function hostEntries(
  run: AuditRun,
  state: StateCount['word'],
  width: number,
): readonly Entry<AuditedHost>[] {
  const hosts = byUrgency(run.hosts).filter((host) => stateWord(host) === state);
  return hosts.map((host) => ({label: fitted(hostLine(host), width), value: host}));
}

function hostLine(host: AuditedHost): string {
  const worst = worstFinding(host);
  const what =
    host.failure?.message ?? (worst === undefined ? '' : `${worst.severity} ${headingOf(worst)}`);
  const practice = host.practice ? ' (practice)' : '';
  return `${cleanName(host.host)}${practice}  ${shortValue(host.running)}/${shortValue(host.boot)}  ${cleanName(what)}`;
}

/** What rules said of a host, the worst first, passes last. */
export function findingEntries(host: AuditedHost, width: number): readonly Entry<Finding>[] {
  const loud = bySeverity(
    host.findings.filter(({verdict}) => verdict === 'fail' || verdict === 'unknown'),
  );
  const quiet = host.findings.filter((finding) => !loud.includes(finding));
  return [...loud, ...quiet].map((finding) => {
    const {verdict, severity, waived} = finding;
    const word = waived !== undefined ? 'waived' : verdict === 'fail' ? severity : verdict;
    const about = aboutOf(finding);
    const label = `${word.padEnd(14)} ${headingOf(finding)}${about === '' ? '' : ` ${about}`}`;
    return {label: fitted(label, width), value: finding};
  });
}

/** A host in a few lines, above the list of its findings. */
export function hostText(page: Page, host: AuditedHost): string {
  const facts = [
    `${stateWord(host)}; running ${shortValue(host.running)}, boot ${shortValue(host.boot)}`,
    ...(host.release === undefined ? [] : [cleanName(host.release)]),
    ...(host.practice ? ['practice host'] : []),
  ].join('; ');
  const {failure} = host;
  return lines([
    ...wrap(`${cleanName(host.host)}: ${facts}`, page.width),
    ...(failure === undefined
      ? []
      : [...paragraph(page, '  ', failure.message), ...labelled(page, '  ', 'Fix', failure.fix)]),
  ]);
}

/** A finding with the readings it rests on. */
export function findingText(page: Page, host: AuditedHost, finding: Finding): string {
  const {verdict, severity, summary, matters, because, fix, waived} = finding;
  return lines([
    ...wrap(`${cleanName(host.host)}: ${verdict} (${severity}) ${headingOf(finding)}`, page.width),
    ...paragraph(page, '  ', summary),
    ...labelled(page, '  ', 'Why it matters', matters),
    ...because.flatMap((one) => labelled(page, '  ', 'Reading', readingAsTold(one))),
    ...(fix === ''
      ? []
      : labelled(page, '  ', verdict === 'unknown' ? 'What would decide it' : 'Fix', fix)),
    ...(waived === undefined ? [] : labelled(page, '  ', 'Waived', waived)),
  ]);
}

/** The command that plans for a selection, from what the run stored. */
export const planCommandFor = (run: string, hosts: readonly string[]): string =>
  ['zbufctl', 'plan', '--from', run, ...hosts]
    .map((word) => (/^[\w.@%+=:,/-]+$/.test(word) ? word : shellQuote(word)))
    .join(' ');

const lines = (list: readonly string[]): string => `${list.join('\n')}\n`;

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** One line: a menu whose lines wrap jumps about. What is cut off ends with an ellipsis. */
export function fitted(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let cut = '';
  for (const {segment} of graphemes.segment(text)) {
    if (columns(cut) + columns(segment) > width - 1) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}
