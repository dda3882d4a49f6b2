import type {AuditRun, RunOrigin} from '../../model/audit-run.js';
import type {Posture} from '../../model/finding.js';
import {SEVERITIES} from '../../model/finding.js';
import {assessmentOfHosts, assessmentText} from '../findings/assessment.js';
import {countStates} from '../findings/audit-view.js';
import type {StateCount} from '../findings/audit-view.js';
import {tallyOf} from '../findings/tally.js';
import {MODEL_HELPER} from '../findings/helper-text.js';
import {cleanCell, cleanName, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {STATE_TONE} from '../terminal/paint.js';
import {practiceText} from '../findings/report-view.js';
import {wrap} from '../terminal/wrap.js';

/** How many hosts of each posture, how many findings, what is not shown, and which run this was. */
export function closingLines(page: Page): readonly string[] {
  const {run} = page;
  const totals = countStates(run.hosts);
  const severities = tallyOf(run.hosts).open;
  const findings = SEVERITIES.filter((s) => severities.has(s)).map(
    (s) => `${severities.get(s) ?? 0} ${s}`,
  );
  return [
    ...toned(page, `${plural(run.hosts.length, 'host')}: `, totals),
    ...(findings.length === 0 ? [] : wrap(`open findings: ${findings.join(', ')}`, page.width)),
    ...assessmentLines(page),
    ...practiceLines(page),
    ...helperLines(page),
    ...hiddenLines(page),
    ...interruptedLines(page),
    ...wrap(`run ${cleanName(run.run)}, ${hows[run.origin ?? 'asked'](run)}`, page.width),
  ];
}

/** How the hosts' evidence came here, and from when it is. */
const hows: Readonly<Record<RunOrigin | 'asked', (run: AuditRun) => string>> = {
  asked: ({startedAt, finishedAt}) =>
    `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`,
  ingested: ({startedAt}) =>
    `ingested: others collected it, from ${startedAt.slice(0, 19).replace('T', ' ')} on`,
};

/** What was not assessed, or that all of it was. */
function assessmentLines(page: Page): readonly string[] {
  const text = assessmentText(assessmentOfHosts(page.run.hosts));
  return text === '' ? [] : wrap(text, page.width);
}

/** Hosts that are not listed one by one are practice hosts, too. */
function practiceLines(page: Page): readonly string[] {
  const text = practiceText(page.run.hosts);
  return text === '' ? [] : wrap(text, page.width).map((line) => page.paint('warn', line));
}

/**
 * The totals line, each count in its state's colour; wrapped before it is coloured, so that widths
 * stay true.
 */
function toned(page: Page, title: string, totals: readonly StateCount[]): readonly string[] {
  const text = title + totals.map(({word, count}) => `${count} ${word}`).join(', ');
  return wrap(text, page.width).map((line) =>
    totals.reduce(
      (coloured, {word}) =>
        coloured.replace(
          new RegExp(`(^|[ ])(\\d+ ${word})(?=,|$)`),
          (_, before: string, count: string) => before + page.paint(STATE_TONE[word], count),
        ),
      line,
    ),
  );
}

/**
 * The flag that promises certainty never fails in silence, and says when it was a model that
 * answered.
 */
function helperLines(page: Page): readonly string[] {
  const asked = page.run.hosts.flatMap(({helper}) => (helper === undefined ? [] : [helper]));
  const failed = asked.filter(({state}) => state === 'failed');
  const models = asked.filter(({state}) => state === 'model').length;
  const whys = [...new Set(failed.map(({why}) => cleanCell(why ?? '')))];
  const rest = whys.length > 1 ? ` (and ${plural(whys.length - 1, 'other reason')})` : '';
  const texts = [
    ...(failed.length === 0
      ? []
      : [`helper failed on ${failed.length} of ${asked.length} hosts: ${whys[0] ?? ''}${rest}`]),
    ...(models === 0 ? [] : [`helper on ${plural(models, 'practice host')}: ${MODEL_HELPER}`]),
  ];
  return texts.flatMap((text) => wrap(text, page.width)).map((line) => page.paint('doubt', line));
}

/** Nothing is left out silently. */
function hiddenLines(page: Page): readonly string[] {
  if (page.verbose) return [];
  const {waived, lesser: unknown} = tallyOf(page.run.hosts);
  const parts = [
    ...(waived === 0 ? [] : [`${waived} waived`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown of lesser severity`]),
  ];
  return parts.length === 0 ? [] : wrap(`not shown without -v: ${parts.join(', ')}`, page.width);
}

function interruptedLines(page: Page): readonly string[] {
  if (!page.run.interrupted) return [];
  const cut = page.run.hosts.filter(({failure}) => failure?.kind === 'interrupted').length;
  const text = `interrupted: ${plural(cut, 'host was', 'hosts were')} not finished`;
  return wrap(text, page.width).map((line) => page.paint('doubt', line));
}

export const MEANING: Readonly<Record<Posture, string>> = {
  broken: 'a capture is losing packets now',
  'at-risk': 'a capture will break at the next start of its service or at the next boot',
  unknown: 'the evidence is incomplete where it matters',
  unreachable: 'the host gave no evidence',
  drift: 'the setting is not what the policy, or the next boot, says',
  ineffective: 'zero-copy is on, and nothing on the host can use it',
  'not-applicable': 'not FreeBSD, or a kernel without bpf',
  compliant: 'nothing to do',
};

export const STATE_MEANING: Readonly<Record<StateCount['word'], string>> = {
  ...MEANING,
  interrupted: 'the run was stopped before it got to the host',
};

/** What the words on this page mean; only those that occur. */
export function legendLines(page: Page): readonly string[] {
  const words = countStates(page.run.hosts).map(({word}) => `${word} = ${STATE_MEANING[word]}`);
  const values =
    'run/boot = net.bpf.zerocopy_enable now, and after the next boot (- not set, ? could not be read)';
  const stalled = 'stalled = captures that no longer receive packets';
  const zerocopy =
    'zero-copy = the kernel hands packets to a program through shared memory, which a fork can cut off unnoticed';
  const modes =
    'mode = whether a capture is buffered, or zero-copy and what a child of it gets (zbufctl explain modes)';
  return wrap([...words, values, stalled, zerocopy, modes].join('; '), page.width).map((line) =>
    page.paint('dim', line),
  );
}
