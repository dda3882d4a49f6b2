import type {Report, ReportedHost} from '../../model/report.js';
import {markdownText} from '../../text/markdown.js';
import {assessmentOfReport, assessmentText} from '../findings/assessment.js';
import {verdictOf} from '../findings/verdict-text.js';
import {captureRows} from '../findings/capture-text.js';
import {allTroubles, byUrgency, countStates, stateWord} from '../findings/audit-view.js';
import {shownChanges, stepText} from './changes.js';
import {headingOf, aboutOf, readingText, resultOf, valueText} from '../findings/finding-text.js';
import {doThisLine} from '../audit/do-this-block.js';
import {helperText} from '../findings/helper-text.js';
import {plural} from '../terminal/page.js';
import {
  asOfText,
  basisText,
  chainText,
  notAKernel,
  practiceText,
  timeText,
  troublesInShort,
} from '../findings/report-view.js';
import {STATE_MEANING} from '../audit/table-closing.js';

/** A report in CommonMark with GitHub's tables: for wikis, tickets and pull requests. */
export function* markdownParts(report: Report): Iterable<string> {
  let between = '';
  for (const block of blocksOf(report)) {
    yield between + block;
    between = '\n\n';
  }
  yield '\n';
}

export const renderMarkdown = (report: Report): string => [...markdownParts(report)].join('');

function* blocksOf(report: Report): Iterable<string> {
  yield* [
    `# ${md(report.title)}`,
    `**${md(verdictOf(report).text)}**`,
    ...[practiceText(report.hosts)].filter((s) => s !== '').map((s) => `> **${md(s)}**`),
    facts(report),
    ...section('Postures', postures(report)),
    ...section('Findings', findings(report)),
    ...section('Hosts that did not respond', missing(report)),
    ...section('Waivers', waivers(report)),
    ...section('Policy', policy(report)),
    ...section('Drift', drift(report)),
    ...section('Changes', changes(report)),
    ...section('Probes', probes(report)),
    ...report.frameworks.flatMap((framework) =>
      section(`Controls: ${framework.title}`, controls(framework)),
    ),
    ...section('Hosts', hosts(report)),
    ...section('Captures and their buffer modes', captures(report)),
  ];
  for (const host of report.hosts)
    if (allTroubles(host).length > 0 || helperText(host.helper) !== '') yield* hostDetails(host);
  yield* section('Runs and their evidence', runs(report));
}

/** A cell or a sentence: one line, nothing in it is markup. */
const md = (text: string): string => markdownText(text, 1000);

const section = (title: string, body: string): readonly string[] =>
  body === '' ? [] : [`## ${md(title)}`, body];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(md)))].join(
    '\n',
  );
}

function facts(report: Report): string {
  const {generatedAt, generatedBy, tool, scope} = report;
  const basis = basisText(report);
  const by = generatedBy === undefined ? '' : ` by ${md(generatedBy)}`;
  return `Made ${md(timeText(generatedAt))}${by} with zbufctl ${md(tool.version)}. ${scope.answered} of ${plural(scope.meant, 'host')} responded.${basis === '' ? '' : ` ${md(basis)}`}`;
}

const postures = ({hosts: list}: Report): string =>
  table(
    ['Posture', 'Hosts', 'Meaning'],
    countStates(list).map(({word, count}) => [word, String(count), STATE_MEANING[word]]),
  );

const findings = (report: Report): string =>
  [md(assessmentText(assessmentOfReport(report))), findingTable(report)]
    .filter((s) => s !== '')
    .join('\n\n');

const findingTable = (report: Report): string =>
  table(
    ['Result', 'Severity', 'Rule', 'Hosts', 'First of them'],
    troublesInShort(report).map(({finding, result, where}) => {
      return [
        result,
        finding.severity,
        headingOf(finding),
        where.replace(/ hosts?$/, ''),
        finding.summary,
      ];
    }),
  );

const missing = ({scope}: Report): string =>
  table(
    ['Host', 'Address', 'Why', 'What happened', 'What to do'],
    scope.missing.map(({host, address, why, message, fix}) => [host, address, why, message, fix]),
  );

const waivers = ({waivers: states}: Report): string =>
  table(
    ['Standing', 'Rule', 'Covers', 'Reason', 'Approved by', 'Ticket', 'From', 'Until'],
    states.map(({waiver, standing, covers}) => [
      standing,
      waiver.rule,
      covers.length === 0 ? 'nothing' : covers.join(', '),
      waiver.reason,
      waiver.approver,
      waiver.ticket,
      waiver.start,
      waiver.expiry,
    ]),
  );

const policy = ({policies}: Report): string =>
  table(
    ['net.bpf.zerocopy_enable', 'Hosts', 'For example'],
    policies.map(({zerocopy, hosts: count, examples}) => [
      zerocopy,
      String(count),
      examples.join(', '),
    ]),
  );

function drift({drift: since}: Report): string {
  if (since === undefined) return '';
  const {baseline, counts, entries} = since;
  const total = `Since ${md(baseline.run)} (${md(timeText(baseline.at))}): ${counts.new} new, ${counts.fixed} fixed, ${counts.changed} changed, ${counts.gone} gone.`;
  const rows = entries.map((e) => [e.change, e.host, e.rule ?? '', e.before, e.after]);
  return [total, table(['Change', 'Host', 'Rule', 'Before', 'After'], rows)]
    .filter((s) => s !== '')
    .join('\n\n');
}

function changes(report: Report): string {
  const {rows, rest} = shownChanges(report);
  const list = table(
    ['When', 'What', 'Host', 'Result', 'Steps', 'By'],
    rows.map(({at, kind, host, result, reason, steps, by}) => [
      timeText(at),
      kind,
      host,
      reason === undefined ? result : `${result}: ${reason}`,
      steps.map(stepText).join('; '),
      by ?? 'not recorded',
    ]),
  );
  return [list, md(rest)].filter((s) => s !== '').join('\n\n');
}

const probes = (report: Report): string =>
  report.probes
    .map((probe) => {
      const {host, kernel, machine, error, laterTry, matrix} = probe;
      const doubt = notAKernel(probe);
      const title = `### ${md(host)}\n\n${md(kernel)} ${md(machine)}${doubt === '' ? '' : `, ${doubt}`}.${laterTry === undefined ? '' : ` A later try failed: ${md(laterTry.error)}`}`;
      if (error !== undefined) return `${title} Not measured, the probe failed: ${md(error)}`;
      const rows = matrix.map((cell) => [
        cell.mode,
        cell.inherit,
        cell.scenario,
        cell.stalledAtRound === undefined
          ? cell.verdict
          : `${cell.verdict} in round ${cell.stalledAtRound}`,
        cell.exposed ? 'yes' : 'no',
      ]);
      return `${title}\n\n${table(['Mode', 'Inheritance', 'Scenario', 'Verdict', 'Exposed'], rows)}`;
    })
    .join('\n\n');

const controls = ({controls: list}: Report['frameworks'][number]): string =>
  table(
    ['Control', 'Title', 'Standing', 'Failing', 'Waived', 'Unknown', 'Passing', 'Because of'],
    list.map(({control, title, standing, counts, because}) => [
      control,
      title,
      standing,
      String(counts.fail),
      String(counts.waived),
      String(counts.unknown + counts.missing),
      String(counts.pass),
      because.map(({rule, why}) => `${rule}: ${why}`).join(' '),
    ]),
  );

const hosts = (report: Report): string =>
  table(
    ['Host', 'Posture', 'Running', 'Boot', 'Release', 'Evidence SHA-256'],
    (byUrgency(report.hosts) as readonly ReportedHost[]).map((host) => [
      host.host,
      [stateWord(host), asOfText(host)].filter((s) => s !== '').join(' '),
      valueText(host.running),
      valueText(host.boot),
      host.release ?? 'not read',
      host.evidenceHash ?? 'none',
    ]),
  );

const captures = (report: Report): string =>
  table(
    ['Host', 'Program', 'Interface', 'Mode', 'Known from'],
    byUrgency(report.hosts).flatMap(({host, captures: list}) =>
      captureRows(list).map(({who, on, mode, by}) => [host, who, on, mode, by]),
    ),
  );

function hostDetails(host: ReportedHost): readonly string[] {
  const list = allTroubles(host).map((finding) => {
    const about = aboutOf(finding);
    const result = resultOf(finding) === 'fail' ? finding.severity : resultOf(finding);
    return [
      `- **${result}** ${md(`${finding.rule} ${finding.slug}${about === '' ? '' : ` (${about})`}`)}: ${md(finding.summary)}`,
      ...(finding.matters === '' ? [] : [`  - Why it matters: ${md(finding.matters)}`]),
      ...finding.because.map((reading) => `  - Reading: ${md(readingText(reading))}`),
      ...(finding.fix === '' ? [] : [`  - What to do: ${md(finding.fix)}`]),
      ...(finding.waived === undefined ? [] : [`  - Waived: ${md(finding.waived)}`]),
    ].join('\n');
  });
  const helper = helperText(host.helper);
  return [
    `### ${md(host.host)}`,
    ...(helper === '' ? [] : [md(helper)]),
    ...doThisSection(host),
    ...(list.length === 0 ? [] : [list.join('\n')]),
  ];
}

/** Indented, so that nothing in a command ends the block. */
function doThisSection({host, doThis = []}: ReportedHost): readonly string[] {
  if (doThis.length === 0) return [];
  const lines = doThis.map((line) => `    ${doThisLine(line)}`);
  return [
    `Do this on ${md(host)}, as root (or let zbufctl plan and apply do it):`,
    lines.join('\n'),
  ];
}

const runs = (report: Report): string =>
  table(
    ['Run', 'Kind', 'Role', 'Started', 'Finished', 'zbufctl', 'Hosts', 'Hash chain'],
    report.runs.map((run) => [
      run.run,
      run.kind,
      run.role,
      timeText(run.startedAt),
      timeText(run.finishedAt),
      run.toolVersion,
      String(run.hosts),
      chainText(run.chain),
    ]),
  );
