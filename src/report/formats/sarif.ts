import type {Finding, Severity} from '../../model/finding.js';
import {IS_GRAVE} from '../../model/finding.js';
import type {
  DriftChange,
  FrameworkResult,
  Report,
  ReportedHost,
  RuleText,
} from '../../model/report.js';
import {itemsInParts, membersInParts, prettyParts} from '../../text/json-parts.js';
import {aboutOf, readingText, resultOf, safeName, safeText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {countsOf, rulesOf} from '../findings/rules-of.js';

/**
 * SARIF 2.1.0, one run. Results are what somebody has to look at: failures, waived failures
 * (suppressed, with the waiver as justification) and unknowns (kind `open`). Passes are counted in
 * the run's properties and not listed, since the best known consumers turn every result into an
 * alert whatever its kind.
 */
export function sarifParts(report: Report): Iterable<string> {
  const rules = rulesOf(report);
  const context: Context = {
    index: new Map(rules.map((rule, i) => [rule.id, i])),
    hasBaseline: report.drift !== undefined,
    baseline: baselineOf(report),
  };
  return prettyParts({
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      membersInParts({
        automationDetails: {
          id: `zbufctl/${report.runs.at(-1)?.run ?? ''}`,
          guid: uuidOf('report', report.generatedAt, ...report.runs.map((run) => run.run)),
        },
        ...(report.drift === undefined
          ? {}
          : {baselineGuid: uuidOf('run', report.drift.baseline.run)}),
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            fullName: 'zbufctl: packet captures and zero-copy BPF on FreeBSD',
            rules: rules.map((rule) => descriptor(rule, report.frameworks)),
            supportedTaxonomies: report.frameworks.map(({id}) => ({name: id})),
          },
        },
        taxonomies: report.frameworks.map(taxonomy),
        invocations: itemsInParts(() => [invocation(report)]),
        results: itemsInParts(() => resultsOf(report, context)),
        columnKind: 'utf16CodeUnits',
        properties: {
          totals: report.totals,
          hostsMeant: report.scope.meant,
          hostsAnswered: report.scope.answered,
          passes: [...countsOf(report).values()].reduce((sum, {pass}) => sum + pass, 0),
        },
      }),
    ],
  });
}

export const renderSarif = (report: Report): string => [...sarifParts(report)].join('');

function* resultsOf(report: Report, context: Context): Iterable<object> {
  for (const host of report.hosts)
    for (const finding of host.findings)
      if (isTrouble(finding)) yield result(context, host, finding);
  for (const finding of report.policyFindings)
    if (isTrouble(finding)) yield result(context, undefined, finding);
}

const isTrouble = ({verdict}: Finding): boolean => verdict === 'fail' || verdict === 'unknown';

/** `](` would begin a link: SARIF lets plain text have them. */
const message = (text: string): {readonly text: string} => ({
  text: safeText(text).replaceAll('](', '] ('),
});

function descriptor(rule: RuleText, frameworks: readonly FrameworkResult[]): object {
  const relationships = frameworks.flatMap(({id, controls}) =>
    controls.flatMap(({control, because}) =>
      because
        .filter((b) => b.rule === rule.id)
        .map(({why}) => ({
          target: {id: control, toolComponent: {name: id}},
          kinds: ['relevant'],
          description: message(why),
        })),
    ),
  );
  return {
    id: safeName(rule.id),
    name: safeName(rule.slug),
    shortDescription: message(rule.title ?? rule.claim),
    fullDescription: message(rule.matters === '' ? rule.claim : `${rule.claim} ${rule.matters}`),
    help: message(rule.remedy === '' ? rule.claim : rule.remedy),
    defaultConfiguration: {level: levelOf(rule.severity)},
    properties: {severity: rule.severity, 'security-severity': SCORE[rule.severity]},
    ...(relationships.length === 0 ? {} : {relationships}),
  };
}

function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  if (IS_GRAVE[severity]) return 'error';
  return severity === 'medium' ? 'warning' : 'note';
}

/** The scale code-scanning dashboards sort by (over 9 critical, 7 high, 4 medium). */
const SCORE: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '1.0',
};

const taxonomy = ({id, title, sources, controls}: FrameworkResult): object => ({
  name: id,
  fullName: safeText(title),
  guid: uuidOf('framework', id),
  ...(sources[0] === undefined ? {} : {informationUri: sources[0]}),
  taxa: controls.map(({control, title: name}) => ({id: control, shortDescription: message(name)})),
});

function invocation(report: Report): unknown {
  const interrupted = report.runs.some((run) => run.role === 'subject' && run.interrupted);
  const subjects = report.runs.filter((run) => run.role === 'subject');
  return membersInParts({
    executionSuccessful: report.scope.missing.length === 0 && !interrupted,
    ...(subjects[0] === undefined ? {} : {startTimeUtc: subjects[0].startedAt}),
    ...(subjects.at(-1) === undefined ? {} : {endTimeUtc: subjects.at(-1)?.finishedAt}),
    toolExecutionNotifications: itemsInParts(() => notifications(report)),
  });
}

function* notifications({scope}: Report): Iterable<object> {
  for (const {host, why, message: text, fix} of scope.missing)
    yield {
      level: 'error',
      descriptor: {id: why},
      message: message(`${safeName(host)}: ${text} ${fix}`),
      locations: [{logicalLocations: [hostLocation(host)]}],
    };
}

const hostLocation = (host: string): object => ({
  name: safeName(host),
  fullyQualifiedName: safeName(host),
  kind: 'resource',
});

interface Context {
  readonly index: ReadonlyMap<string, number>;
  readonly hasBaseline: boolean;
  readonly baseline: Baseline;
}

function result(context: Context, host: ReportedHost | undefined, finding: Finding): object {
  const came = resultOf(finding);
  const name = host?.host ?? 'policy';
  const about = aboutOf(finding);
  return {
    ruleId: safeName(finding.rule),
    ruleIndex: context.index.get(finding.rule) ?? -1,
    kind: came === 'unknown' ? 'open' : 'fail',
    level: came === 'unknown' ? 'none' : levelOf(finding.severity),
    message: message(`${safeName(name)}${about === '' ? '' : ` (${about})`}: ${finding.summary}`),
    locations: [
      {physicalLocation: fileLocation(name, finding), logicalLocations: [hostLocation(name)]},
    ],
    guid: uuidOf('result', host?.run ?? '', name, finding.rule, about, finding.summary),
    partialFingerprints: {
      'zbufctl/1': uuidOf('finding', name, finding.rule, finding.service ?? ''),
    },
    ...(came === 'waived' ? {suppressions: [suppression(finding)]} : {}),
    ...(context.hasBaseline
      ? {baselineState: baselineState(context.baseline, name, finding.rule)}
      : {}),
    properties: {
      severity: finding.severity,
      ...(finding.service === undefined ? {} : {service: safeName(finding.service)}),
      because: finding.because.map(readingText),
      fix: safeText(finding.fix),
      ...(host?.practice === true ? {practice: true} : {}),
      ...(host?.evidenceHash === undefined ? {} : {evidenceSha256: host.evidenceHash}),
    },
  };
}

const suppression = (finding: Finding): object => ({
  kind: 'external',
  status: 'accepted',
  justification: safeText(finding.waived ?? ''),
});

/**
 * The file and line a reading came from, as a path below the host's name; the host itself when none
 * names a file.
 */
function fileLocation(host: string, finding: Finding): object {
  const folder = `hosts/${encodeURIComponent(safeName(host))}`;
  for (const {source} of finding.because) {
    const match = /^(\/[^\s:]{1,300})(?::(\d{1,7}))?$/.exec(safeText(source));
    if (match === null) continue;
    const path = (match[1] ?? '').split('/').map(encodeURIComponent).join('/');
    const line = Number(match[2] ?? 0);
    return {
      artifactLocation: {uri: folder + path},
      ...(line > 0 ? {region: {startLine: line}} : {}),
    };
  }
  return {artifactLocation: {uri: folder}};
}

type Baseline = ReadonlyMap<string, DriftChange>;

const baselineKey = (host: string, rule: string): string => JSON.stringify([host, rule]);

const baselineOf = (report: Report): Baseline =>
  new Map((report.drift?.entries ?? []).map((e) => [baselineKey(e.host, e.rule ?? ''), e.change]));

function baselineState(
  baseline: Baseline,
  host: string,
  rule: string,
): 'new' | 'updated' | 'unchanged' {
  const change = baseline.get(baselineKey(host, rule));
  if (change === undefined) return 'unchanged';
  return change === 'new' ? 'new' : 'updated';
}
