import type {Finding} from '../../model/finding.js';
import type {ControlStanding, Report} from '../../model/report.js';
import {assessmentOfReport, assessmentText} from '../findings/assessment.js';
import {verdictOf} from '../findings/verdict-text.js';
import type {ReportVerdict} from '../findings/verdict-text.js';
import {countStates} from '../findings/audit-view.js';
import {shownChanges, stepText} from './changes.js';
import {headingOf, aboutOf, safeName, safeText} from '../findings/finding-text.js';
import {helperText} from '../findings/helper-text.js';
import {plural} from '../terminal/page.js';
import {painter, SEVERITY_TONE, STATE_TONE} from '../terminal/paint.js';
import type {Paint, Tone} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {
  asOfText,
  basisText,
  chainText,
  practiceText,
  timeText,
  troublesByRule,
} from '../findings/report-view.js';
import type {RuleGroup} from '../findings/report-view.js';
import {hang, wrap} from '../terminal/wrap.js';

interface Sheet {
  readonly report: Report;
  readonly width: number;
  readonly verbose: boolean;
  readonly paint: Paint;
}

/** Hosts named in one place before the rest becomes a number. */
const NAMED = 6;

/**
 * The report on one screen of a terminal: who answered, what is wrong, what was accepted, what it
 * means for controls.
 */
export function renderSummary(report: Report, options: RenderOptions): string {
  const sheet: Sheet = {
    report,
    width: options.width,
    verbose: options.verbose,
    paint: painter(options.colour),
  };
  const sections = [
    head(sheet),
    section(sheet, 'Findings', findings(sheet)),
    section(sheet, 'Not looked at', missing(sheet)),
    section(sheet, 'Waivers', waivers(sheet)),
    section(sheet, 'Drift', drift(sheet)),
    section(sheet, 'Changes', changes(sheet)),
    section(sheet, 'Controls', controls(sheet)),
    section(sheet, 'Evidence', evidence(sheet)),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const VERDICT_TONE = {
  compliant: 'good',
  'not-compliant': 'bad',
  open: 'warn',
} as const satisfies Record<ReportVerdict, Tone>;

function head({report, width, paint}: Sheet): readonly string[] {
  const {scope} = report;
  const verdict = verdictOf(report);
  const coverage = `${scope.answered} of ${plural(scope.meant, 'host')} responded`;
  const postures = countStates(report.hosts).map(({word, count}) =>
    paint(STATE_TONE[word], `${String(count).padStart(6)} ${word}`),
  );
  return [
    ...wrap(safeText(report.title), width).map((line) => paint('strong', line)),
    ...wrap(`${timeText(report.generatedAt)}, zbufctl ${report.tool.version}; ${coverage}`, width),
    ...wrap(verdict.text, width).map((line) => paint(VERDICT_TONE[verdict.verdict], line)),
    ...[practiceText(report.hosts)]
      .filter((text) => text !== '')
      .flatMap((text) => wrap(text, width))
      .map((line) => paint('warn', line)),
    ...[basisText(report)].filter((text) => text !== '').flatMap((text) => wrap(text, width)),
    ...postures,
  ];
}

function section({paint}: Sheet, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [paint('strong', title), ...lines];
}

function findings(sheet: Sheet): readonly string[] {
  const assessed = assessmentText(assessmentOfReport(sheet.report));
  return [
    ...(assessed === '' ? [] : hang('  ', assessed, sheet.width)),
    ...troublesByRule(sheet.report, shownWhen(sheet.verbose)).flatMap((g) => group(sheet, g)),
  ];
}

interface Occurrence {
  readonly host: string;
  readonly text: string;
}

/** With -v all of them, else hosts to be named. */
const shownWhen =
  (verbose: boolean) =>
  (host: string, finding: Finding, nth: number): Occurrence | undefined => {
    if (!verbose) return nth <= NAMED ? {host, text: ''} : undefined;
    const about = aboutOf(finding);
    const who = `${safeName(host)}${about === '' ? '' : ` (${about})`}`;
    return {host, text: `${who}: ${safeText(finding.summary)}`};
  };

function group(
  {width, paint, verbose}: Sheet,
  {finding, result, occurrences, where, hosts}: RuleGroup<Occurrence>,
): readonly string[] {
  const names = [...new Set(occurrences.map(({host}) => host))].map(safeName).join(', ');
  const named = hosts > NAMED && !verbose ? `${names} and ${hosts - NAMED} more` : names;
  const word = result === 'fail' ? finding.severity : result;
  const tone =
    result === 'fail' ? SEVERITY_TONE[finding.severity] : result === 'unknown' ? 'doubt' : 'dim';
  const title = headingOf(finding);
  return [
    `  ${paint(tone, word.padEnd(8))} ${title}`,
    ...(where === 'policy' ? [] : hang('           ', `${where}: ${named}`, width)),
    ...(verbose ? occurrences.flatMap(({text}) => hang('           - ', text, width)) : []),
  ];
}

const missing = ({report, width}: Sheet): readonly string[] => [
  ...report.scope.missing.flatMap(({host, why, message}) =>
    hang('  ', `${safeName(host)}: ${why}, ${safeText(message)}`, width),
  ),
  ...report.hosts.flatMap(({host, helper}) =>
    helper?.state === 'failed' ? hang('  ', `${safeName(host)}: ${helperText(helper)}`, width) : [],
  ),
  ...report.hosts.flatMap((host) =>
    host.laterTry === undefined
      ? []
      : hang('  ', `${safeName(host.host)}: shown ${asOfText(host)}`, width),
  ),
];

const waivers = ({report, width, paint}: Sheet): readonly string[] =>
  report.waivers.flatMap(({waiver, standing, covers, daysLeft}) => {
    const left = standing === 'in-force' ? `, ${plural(daysLeft, 'day')} left` : '';
    const text = `${safeName(waiver.ticket)} ${safeName(waiver.rule)} until ${waiver.expiry}${left}, ${plural(covers.length, 'host')}: ${safeText(waiver.reason)}`;
    const tone = standing === 'expired' || standing === 'unmatched' ? 'warn' : 'dim';
    const [first = '', ...rest] = hang('              ', text, width);
    return [`  ${paint(tone, standing.padEnd(11))} ${first.trimStart()}`, ...rest];
  });

function drift({report, width}: Sheet): readonly string[] {
  if (report.drift === undefined) return [];
  const {baseline, counts, entries} = report.drift;
  const total = `since ${safeName(baseline.run)} (${timeText(baseline.at)}): ${counts.new} new, ${counts.fixed} fixed, ${counts.changed} changed, ${counts.gone} gone`;
  return [
    ...hang('  ', total, width),
    ...entries
      .slice(0, 20)
      .flatMap((e) =>
        hang(
          '  ',
          `${e.change} ${safeName(e.host)}${e.rule === undefined ? '' : ` ${safeName(e.rule)}`}: ${safeText(e.before)} -> ${safeText(e.after)}`,
          width,
        ),
      ),
    ...(entries.length > 20 ? [`  and ${entries.length - 20} more`] : []),
  ];
}

function changes({report, width}: Sheet): readonly string[] {
  const {rows, rest} = shownChanges(report);
  return [
    ...rows.flatMap(({host, kind, at, by, result, reason, steps}) => [
      ...hang(
        '  ',
        `${timeText(at)} ${kind} on ${safeName(host)}: ${safeText(result)}${reason === undefined ? '' : ` (${safeText(reason)})`}${by === undefined ? '' : `, by ${safeName(by)}`}`,
        width,
      ),
      ...(steps.length === 0 ? [] : hang('    ', safeText(steps.map(stepText).join('; ')), width)),
    ]),
    ...(rest === '' ? [] : hang('  ', rest, width)),
  ];
}

const ORDER: readonly ControlStanding[] = ['fail', 'unknown', 'waived', 'pass', 'not-assessed'];

const controls = ({report, width}: Sheet): readonly string[] =>
  report.frameworks.flatMap(({title, controls: list}) => {
    const parts = ORDER.flatMap((standing) => {
      const ids = list.filter((c) => c.standing === standing).map((c) => c.control);
      return ids.length === 0 ? [] : [`${standing} ${ids.join(' ')}`];
    });
    return hang('  ', `${safeText(title)}: ${parts.join('; ')}`, width);
  });

function evidence({report, width, paint}: Sheet): readonly string[] {
  const told = report.runs.filter((run) => run.role === 'subject' || run.chain.state === 'broken');
  return told.flatMap(({run, kind, startedAt, chain, role}) => {
    const text = `${kind} ${safeName(run)}${role === 'subject' ? '' : ` (${role})`}, ${timeText(startedAt)}: hash chain ${safeText(chainText(chain))}`;
    const lines = hang('  ', text, width);
    return chain.state === 'broken' ? lines.map((line) => paint('bad', line)) : lines;
  });
}
