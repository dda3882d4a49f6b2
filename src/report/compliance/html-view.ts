import type {Report} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import {assessmentOfReport, assessmentText} from '../findings/assessment.js';
import {verdictOf} from '../findings/verdict-text.js';
import {countStates} from '../findings/audit-view.js';
import {shownChanges, stepText} from './changes.js';
import type {Bounds} from './html-bounds.js';
import {firstOf, listedHosts} from './html-bounds.js';
import type {Slots} from './html-slots.js';
import {groupView, hostView} from './html-view-findings.js';
import {listed, PAGE, pagesOf, time} from './html-view-words.js';
import {benchChart, matrixChart, segments, trendChart} from './charts.js';
import {safeName, safeText} from '../findings/finding-text.js';
import {plural} from '../terminal/page.js';
import {
  basisText,
  chainText,
  notAKernel,
  practiceText,
  presentPostures,
  troublesByRule,
} from '../findings/report-view.js';
import {isAboutPolicy, rulesOf} from '../findings/rules-of.js';
import {STATE_MEANING} from '../audit/table-closing.js';

/** Above this many hosts the readings behind passes are left to the JSON report. */
const FULL_DETAIL = 300;

/**
 * What the HTML templates show, every text from outside made harmless (and escaped once more by the
 * template engine). Templates loop and place; they decide nothing. No type checker follows them:
 * the view's shape is what this says.
 */
export function htmlView(report: Report, slots: Slots, bounds: Bounds) {
  const claims = new Map(report.rules.map(({id, claim}) => [id, claim]));
  const {hosts: onPage, leftOut} = listedHosts(report, bounds);
  const anchors = new Map(onPage.map((host, i) => [host.host, `h${i + 1}`]));
  const full = report.hosts.length <= FULL_DETAIL;
  const missing = firstOf(report.scope.missing, bounds.whole);
  const changes = firstOf(shownChanges(report).rows, bounds.whole);
  return {
    title: safeName(report.title),
    made: time(report.generatedAt),
    by: report.generatedBy === undefined ? '' : safeName(report.generatedBy),
    version: safeName(report.tool.version),
    scope: {meant: report.scope.meant, answered: report.scope.answered},
    coverage: `${report.scope.answered} of ${plural(report.scope.meant, 'host')} responded`,
    basis: basisText(report),
    silent: report.scope.missing.length === 0 ? '' : plural(report.scope.missing.length, 'host'),
    practice: practiceText(report.hosts),
    verdict: verdictOf(report),
    strip: segments(report.totals, 1000),
    postures: presentPostures(report.totals),
    assessed: assessmentText(assessmentOfReport(report)),
    states: countStates(report.hosts).map(({word, count}) => ({
      word,
      count,
      // The colour and the filter are those of the posture behind the word.
      posture: word === 'interrupted' ? 'unreachable' : word,
      meaning: STATE_MEANING[word],
    })),
    broken: brokenChains(report),
    findings: troublesByRule(report, (host, finding) =>
      leftOut === '' || anchors.has(host) || isAboutPolicy(finding.rule)
        ? {host, finding}
        : undefined,
    ).map((group, i) => groupView(report, group, i, anchors, slots)),
    leftOut,
    hosts: {
      count: report.hosts.length,
      full,
      pages: pagesOf(onPage).map((page, i) => ({
        label: `Hosts ${i * PAGE + 1} to ${i * PAGE + page.length}`,
        open: i === 0,
        hosts: slots.hold('host', function* () {
          for (const host of page) yield hostView(host, anchors.get(host.host) ?? '', full);
        }),
      })),
    },
    missingLeftOut: missing.leftOut,
    missingCount: report.scope.missing.length,
    missing: missing.rows.map((m) => ({
      host: safeName(m.host),
      address: safeName(m.address),
      why: m.why,
      message: safeText(m.message),
      fix: safeText(m.fix),
    })),
    trend: report.trend.length < 2 ? undefined : trendChart(report.trend),
    trendRows: report.trend.map((point) => ({
      run: safeName(point.run),
      at: time(point.at),
      counts: presentPostures(point.totals).map(({posture, count}) => `${count} ${posture}`),
    })),
    drift: driftView(report, bounds),
    waivers: report.waivers.map(({waiver, standing, covers, daysLeft}) => ({
      standing,
      rule: safeName(waiver.rule),
      scope: listed([...waiver.hosts, ...waiver.groups.map((g) => `group ${g}`)]),
      service: waiver.service === undefined ? '' : safeName(waiver.service),
      covers: covers.length === 0 ? 'nothing' : listed(covers),
      reason: safeText(waiver.reason),
      approver: safeName(waiver.approver),
      ticket: safeName(waiver.ticket),
      start: waiver.start,
      expiry: waiver.expiry,
      left: daysLeft < 0 ? `${plural(-daysLeft, 'day')} ago` : `${plural(daysLeft, 'day')} left`,
    })),
    policies: report.policies.map(({zerocopy, hosts, examples}) => ({
      zerocopy,
      hosts,
      examples: listed(examples),
    })),
    frameworks: report.frameworks.map((framework, i) => ({
      ...framework,
      anchor: `framework-${i + 1}`,
      title: safeText(framework.title),
      sources: framework.sources.map(safeText),
      controls: framework.controls.map((c) => ({
        ...c,
        title: safeText(c.title),
        // What is said of a failure would read as a fact where nothing fails.
        because: c.because.map(({rule, why}) => ({
          rule,
          why: safeText(c.standing === 'pass' ? (claims.get(rule) ?? why) : why),
        })),
      })),
    })),
    probes: probeViews(report),
    idle: shownChanges(report).rest,
    changesLeftOut: changes.leftOut,
    changes: changes.rows.map((change) => ({
      at: time(change.at),
      kind: change.kind,
      host: safeName(change.host),
      result: safeText(change.result),
      reason: safeText(change.reason ?? ''),
      by: change.by === undefined ? 'not recorded' : safeName(change.by),
      run: safeName(change.run),
      steps: change.steps.map((step) => safeText(stepText(step))),
    })),
    runs: report.runs.map((run) => ({
      ...run,
      run: safeName(run.run),
      started: time(run.startedAt),
      finished: time(run.finishedAt),
      toolVersion: safeName(run.toolVersion),
      chain: run.chain.state,
      chainText: safeText(chainText(run.chain)),
    })),
    rules: rulesOf(report).map((rule) => ({
      id: safeName(rule.id),
      slug: safeName(rule.slug),
      severity: rule.severity,
      claim: safeText(rule.claim),
      matters: safeText(rule.matters),
      sources: rule.sources.map(safeText),
    })),
  };
}

const brokenChains = (report: Report): readonly string[] =>
  report.runs.flatMap(({run, chain}) =>
    chain.state === 'broken' ? [`${safeName(run)}: ${safeText(chain.problem)}`] : [],
  );

function driftView({drift}: Report, {whole}: Bounds) {
  if (drift === undefined) return undefined;
  const {baseline, counts} = drift;
  const {rows: entries, leftOut} = firstOf(drift.entries, whole);
  return {
    baseline: safeName(baseline.run),
    at: time(baseline.at),
    counts,
    leftOut,
    pages: pagesOf(entries).map((page, i) => ({
      label: `${i * PAGE + 1} to ${i * PAGE + page.length}`,
      open: i === 0,
      rows: page.map((entry) => ({
        change: entry.change,
        host: safeName(entry.host),
        rule: safeName(entry.rule ?? ''),
        before: safeText(entry.before),
        after: safeText(entry.after),
      })),
    })),
  };
}

/** Hosts whose kernels gave the same matrix share one chart. */
function probeViews(report: Report) {
  const groups = groupBy(report.probes, (p) =>
    JSON.stringify([
      p.kernel,
      p.machine,
      notAKernel(p),
      p.error ?? '',
      p.laterTry?.error ?? '',
      p.matrix,
      p.bench,
    ]),
  );
  return [...groups.values()].flatMap((group) => {
    const [probe] = group;
    if (probe === undefined) return [];
    return [
      {
        hosts: listed(group.map((p) => p.host)),
        kernel: safeText(`${probe.kernel} ${probe.machine}`),
        notAKernel: notAKernel(probe),
        at: time(probe.at),
        error: safeText(probe.error ?? ''),
        later: probe.laterTry === undefined ? '' : safeText(probe.laterTry.error),
        matrix: probe.matrix.length === 0 ? undefined : matrixChart(probe.matrix),
        bench: probe.bench.length === 0 ? undefined : benchChart(probe.bench),
      },
    ];
  });
}
