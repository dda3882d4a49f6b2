import type {Severity} from '../../model/finding.js';
import type {Report, ReportedHost, RuleText} from '../../model/report.js';
import type {WaiverState} from '../../model/waiver.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {itemsInParts, membersInParts, prettyParts} from '../../text/json-parts.js';
import type {TextShelf} from '../../text/text-shelf.js';
import {shelfInMemory} from '../../text/text-shelf.js';
import {safeName, safeText} from '../findings/finding-text.js';
import {chainText} from '../findings/report-view.js';
import {countsOf, isAboutPolicy, rulesOf} from '../findings/rules-of.js';
import type {RuleCounts} from '../findings/tally.js';
import {sha256} from '../sha256.js';
import type {Doubt} from './hdf-results.js';
import {notLooked, ShelvedResults} from './hdf-results.js';

/**
 * MITRE HDF (InSpec exec-json) for Heimdall and SAF: a control a rule, a result a finding.
 *
 * Heimdall takes the first that occurs: error, failed, passed, skipped. So where nothing failed, an
 * unknown finding and a host that was not looked at are errors, since skipped would let them vanish
 * behind a neighbour's pass; where something failed they are skipped, since an error would hide the
 * failure. A waived failure stays `failed` with the waiver in its message; `waiver_data` marks
 * controls all of whose failures are waived, without the flag that would make Heimdall show them as
 * not applicable.
 */
export function* hdfParts(report: Report, shelf: TextShelf): Iterable<string> {
  try {
    yield* parts(report, shelf);
  } finally {
    shelf.close();
  }
}

/** @param shelf where the results wait for the rule they are of; absent: in memory */
export const renderHdf = (report: Report, shelf = shelfInMemory()): string =>
  [...hdfParts(report, shelf)].join('');

function* parts(report: Report, shelf: TextShelf): Iterable<string> {
  const counts = countsOf(report);
  // A rule about hosts has something to say even when no host said anything: that nobody looked.
  const silent = report.scope.missing.length > 0;
  const controls = rulesOf(report)
    .filter((rule) => counts.has(rule.id) || (silent && !isAboutPolicy(rule.id)))
    .map((rule) => ({rule, doubt: doubtIn(counts.get(rule.id))}));
  const shelved = new ShelvedResults(
    report,
    shelf,
    new Map(controls.map(({rule, doubt}) => [rule.id, doubt])),
  );
  const subjects = report.runs.filter((run) => run.role === 'subject');
  yield* prettyParts({
    platform: {
      name: 'FreeBSD',
      release: releases(report.hosts),
      target_id: report.hosts.length === 1 ? safeName(report.hosts[0]?.host ?? '') : null,
    },
    version: report.tool.version,
    statistics: {duration: secondsOf(subjects)},
    profiles: [
      membersInParts({
        name: 'zbufctl',
        title: safeText(report.title),
        version: report.tool.version,
        summary: `${report.scope.answered} of ${report.scope.meant} hosts responded`,
        // Of the rules, not of the results: two reports by the same rules are comparable.
        sha256: sha256(canonicalJson(report.rules)),
        supports: [{'platform-family': 'bsd', 'platform-name': 'freebsd'}],
        attributes: [],
        groups: [
          {id: 'zbufctl', title: 'Rules of zbufctl', controls: controls.map(({rule}) => rule.id)},
        ],
        status: 'loaded',
        controls: itemsInParts(() =>
          controls.map(({rule, doubt}) =>
            control(report, rule, doubt, counts.get(rule.id), shelved),
          ),
        ),
      }),
    ],
    passthrough: {
      scope: {meant: report.scope.meant, answered: report.scope.answered},
      runs: report.runs.map((run) => ({
        run: safeName(run.run),
        kind: run.kind,
        role: run.role,
        chain: safeText(chainText(run.chain)),
      })),
    },
  });
}

/** See hdfParts. */
const doubtIn = (counts: RuleCounts | undefined): Doubt =>
  counts !== undefined && counts.fail + counts.waived > 0 ? 'skipped' : 'error';

function control(
  report: Report,
  rule: RuleText,
  doubt: Doubt,
  counts: RuleCounts | undefined,
  shelved: ShelvedResults,
): unknown {
  return membersInParts({
    id: rule.id,
    title: `${rule.title ?? rule.slug} (${rule.slug}): ${rule.claim}`,
    desc: rule.matters,
    descriptions: [
      {label: 'fix', data: rule.remedy},
      {label: 'check', data: `zbufctl explain ${rule.id}`},
    ],
    impact: IMPACT[rule.severity],
    refs: rule.sources.map((ref) => ({ref})),
    tags: tagsOf(report, rule),
    code: '',
    source_location: {ref: rule.id, line: 0},
    results: itemsInParts(function* () {
      yield* shelved.of(rule.id);
      if (!isAboutPolicy(rule.id)) yield* notLooked(report, doubt);
    }),
    waiver_data: waiverData(report, rule, counts, shelved.waivedBecause(rule.id)),
  });
}

/** Heimdall's bands; info is not 0, which it would show as not applicable. */
const IMPACT: Readonly<Record<Severity, number>> = {
  critical: 0.9,
  high: 0.7,
  medium: 0.5,
  low: 0.3,
  info: 0.1,
};

function tagsOf(report: Report, rule: RuleText): object {
  const concerned = report.frameworks.flatMap(({id, controls}) =>
    controls.flatMap(({control: name, because}) =>
      because
        .filter((b) => b.rule === rule.id)
        .map(({why}) => ({framework: id, control: name, why})),
    ),
  );
  const of = (framework: string): string[] =>
    concerned.filter((c) => c.framework === framework).map((c) => c.control);
  const nist = of('nist-800-53-r5');
  return {
    // Heimdall reads the revision from the last tag, and puts controls without NIST tags under
    // UM-1, unmapped.
    nist: nist.length === 0 ? ['UM-1'] : [...nist, 'Rev_5'],
    cis_controls_v8: of('cis-v8'),
    pci_dss_4: of('pci-dss-4'),
    severity: rule.severity === 'info' ? 'low' : rule.severity,
    controls: concerned,
  };
}

function waiverData(
  report: Report,
  rule: RuleText,
  counts: RuleCounts | undefined,
  because: readonly string[],
): object | null {
  if (counts === undefined || counts.waived === 0 || counts.fail > 0) return null;
  const states = report.waivers.filter(
    (s) => s.waiver.rule === rule.id && s.standing === 'in-force',
  );
  return {
    run: true,
    skipped_due_to_waiver: false,
    justification: because.join('\n'),
    expiration_date: firstExpiry(states),
    message: '',
  };
}

const firstExpiry = (states: readonly WaiverState[]): string | null =>
  states.map((s) => s.waiver.expiry).sort()[0] ?? null;

function releases(hosts: readonly ReportedHost[]): string {
  const all = [...new Set(hosts.map((host) => safeName(host.release ?? 'not read')))].sort();
  return all.length <= 5
    ? all.join(', ')
    : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
}

const secondsOf = (runs: readonly {startedAt: string; finishedAt: string}[]): number =>
  runs.reduce((sum, run) => sum + (Date.parse(run.finishedAt) - Date.parse(run.startedAt)), 0) /
  1000;
