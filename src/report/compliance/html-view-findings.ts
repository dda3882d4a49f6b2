import type {Finding} from '../../model/finding.js';
import type {Report, ReportedHost} from '../../model/report.js';
import {captureRows, capturesText} from '../findings/capture-text.js';
import {bySeverity, stateWord, URGENCY} from '../findings/audit-view.js';
import {aboutOf, resultOf, safeName, safeText, valueText} from '../findings/finding-text.js';
import {doThisLine} from '../audit/do-this-block.js';
import type {Slots} from './html-slots.js';
import {helperText} from '../findings/helper-text.js';
import {listed, PAGE, pagesOf, time} from './html-view-words.js';
import {asOfText, notable} from '../findings/report-view.js';
import type {RuleGroup} from '../findings/report-view.js';

interface Occurrence {
  readonly host: string;
  readonly finding: Finding;
}

/** A rule's failures, folded together with why they matter. */
export function groupView(
  report: Report,
  group: RuleGroup<Occurrence>,
  index: number,
  anchors: ReadonlyMap<string, string>,
  slots: Slots,
) {
  const {finding, result, occurrences, where} = group;
  const rule = report.rules.find((r) => r.id === finding.rule);
  const controls = report.frameworks.map(({title, controls: list}) => ({
    framework: safeText(title),
    ids: list.filter((c) => c.because.some((b) => b.rule === finding.rule)).map((c) => c.control),
  }));
  // What is done everywhere is said once.
  const fixes = new Set(occurrences.map(({finding: f}) => f.fix));
  const shared = fixes.size === 1;
  const practice = new Set(report.hosts.filter((h) => h.practice).map((h) => h.host));
  return {
    anchor: `f${index + 1}`,
    fix: shared ? safeText(finding.fix) : '',
    result,
    severity: finding.severity,
    rule: safeName(finding.rule),
    slug: safeName(finding.slug),
    title: safeName(rule?.title ?? finding.title ?? ''),
    claim: safeText(rule?.claim ?? finding.slug),
    matters: safeText(finding.matters === '' ? (rule?.matters ?? '') : finding.matters),
    hosts: where,
    controls: controls.filter((c) => c.ids.length > 0),
    pages: pagesOf(occurrences).map((page, i) => ({
      label: `${i * PAGE + 1} to ${i * PAGE + page.length}`,
      open: i === 0,
      rows: slots.hold('occurrence', function* () {
        for (const {host, finding: f} of page)
          yield {
            host: safeName(host),
            anchor: anchors.get(host) ?? '',
            about: aboutOf(f),
            summary: safeText(f.summary),
            fix: shared ? '' : safeText(f.fix),
            practice: practice.has(host),
            waived: f.waived === undefined ? '' : safeText(f.waived),
            // A finding about the policy has no host below which its readings could be found.
            because: anchors.has(host) ? [] : f.because.map(readingView),
          };
      }),
    })),
  };
}

const readingView = ({reading, source, state, value, why}: Finding['because'][number]) => ({
  reading: safeText(reading),
  source: safeText(source),
  state,
  value:
    state === 'read' ? safeText(value ?? '') : state === 'absent' ? 'absent' : safeText(why ?? ''),
});

const findingView = (finding: Finding) => ({
  result: resultOf(finding),
  severity: finding.severity,
  rule: safeName(finding.rule),
  slug: safeName(finding.slug),
  title: safeName(finding.title ?? ''),
  about: aboutOf(finding),
  summary: safeText(finding.summary),
  matters: safeText(finding.matters),
  fix: safeText(finding.fix),
  waived: safeText(finding.waived ?? ''),
  because: finding.because.map(readingView),
});

/** A host in the list, and what unfolds below it. */
export function hostView(host: ReportedHost, anchor: string, full: boolean) {
  // Once: of a large run they are others each time.
  const {findings} = host;
  const loud = bySeverity(findings.filter((f) => f.verdict === 'fail' || f.verdict === 'unknown'));
  const quiet = findings.filter((f) => !loud.includes(f));
  const worst = loud.find((f) => f.waived === undefined) ?? loud[0];
  return {
    anchor,
    name: safeName(host.host),
    address: safeName(host.address),
    posture: host.posture,
    state: stateWord(host),
    rank: URGENCY.indexOf(host.posture),
    running: valueText(host.running),
    boot: valueText(host.boot),
    worst:
      host.failure?.kind ??
      (worst === undefined ? '' : safeName(`${worst.rule} ${worst.title ?? worst.slug}`)),
    keys: [...new Set([...loud.map((f) => f.rule), ...host.groups])].map(safeName).join(' '),
    notable: notable(host),
    groups: listed(host.groups),
    release: safeName(host.release ?? 'not read'),
    practice: host.practice,
    evidence: safeName(host.evidenceHash ?? ''),
    run: safeName(host.run),
    at: time(host.auditedAt),
    asOf: asOfText(host),
    helper: helperText(host.helper),
    failure: host.failure === undefined ? '' : safeText(host.failure.message),
    failureFix: host.failure === undefined ? '' : safeText(host.failure.fix),
    doThis: (host.doThis ?? []).map(doThisLine).join('\n'),
    captures: captureRows(host.captures),
    noCaptures: capturesText(host.captures),
    loud: loud.map(findingView),
    quiet: full ? quiet.map(findingView) : [],
    quietIds: full ? '' : quiet.map((f) => `${f.rule} ${f.verdict}`).join(', '),
  };
}
