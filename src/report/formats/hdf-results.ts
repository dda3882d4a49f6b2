import type {Finding} from '../../model/finding.js';
import type {Report, ReportedHost} from '../../model/report.js';
import {betweenItems, itemText, writtenItems} from '../../text/json-parts.js';
import type {TextShelf} from '../../text/text-shelf.js';
import {aboutOf, readingText, resultOf, safeName, safeText} from '../findings/finding-text.js';

/** How an open question is written down: see hdfParts. */
export type Doubt = 'error' | 'skipped';

/** Objects and lists around a result: profiles, a profile, controls, a control, results. */
const LEVELS = 6;

/** Characters of results that are put away together. */
const TOGETHER = 64 * 1024;

interface OfRule {
  /** Where results are, and the last of them. */
  readonly places: number[];
  last: string;
  readonly waivedBecause: Set<string>;
}

/**
 * The results of every rule, as text. HDF has them rule by rule and a stored run host by host: of
 * very many hosts they are neither held in memory nor read once a rule.
 */
export class ShelvedResults {
  private readonly rules = new Map<string, OfRule>();

  /** @param doubts by rule */
  constructor(
    report: Report,
    private readonly shelf: TextShelf,
    doubts: ReadonlyMap<string, Doubt>,
  ) {
    const add = (finding: Finding, host?: ReportedHost): void => {
      const doubt = doubts.get(finding.rule) ?? 'error';
      this.add(finding, itemText(result(report, finding, host, doubt), LEVELS));
    };
    for (const host of report.hosts) for (const finding of host.findings) add(finding, host);
    for (const finding of report.policyFindings) add(finding);
  }

  /** Items of a list in parts. */
  *of(rule: string): Iterable<unknown> {
    const {places = [], last = ''} = this.rules.get(rule) ?? {};
    for (const place of places) yield writtenItems(this.shelf.get(place));
    if (last !== '') yield writtenItems(last);
  }

  /** What waivers of its failures say, each once. */
  waivedBecause = (rule: string): readonly string[] => [
    ...(this.rules.get(rule)?.waivedBecause ?? []),
  ];

  private add({rule, verdict, waived}: Finding, text: string): void {
    const of = this.rules.get(rule) ?? {places: [], last: '', waivedBecause: new Set()};
    this.rules.set(rule, of);
    if (verdict === 'fail' && waived !== undefined) of.waivedBecause.add(safeText(waived));
    of.last += of.last === '' ? text : betweenItems(LEVELS) + text;
    if (of.last.length < TOGETHER) return;
    of.places.push(this.shelf.put(of.last));
    of.last = '';
  }
}

/** Heimdall shows no member of our own: what is simulated says so in its name. */
const nameOf = ({host, practice}: ReportedHost): string =>
  `${safeName(host)}${practice ? ' (practice)' : ''}`;

function result(
  report: Report,
  finding: Finding,
  host: ReportedHost | undefined,
  doubt: Doubt,
): object {
  const about = aboutOf(finding);
  const name = host === undefined ? 'policy' : nameOf(host);
  const base = {
    code_desc: `${name}${about === '' ? '' : ` (${about})`}: ${safeText(finding.summary)}`,
    start_time: host?.auditedAt ?? report.generatedAt,
    resource: name,
  };
  const because = finding.because.map(readingText).join('\n');
  const message = [because, finding.fix === '' ? '' : `What to do: ${safeText(finding.fix)}`]
    .filter((s) => s !== '')
    .join('\n');
  switch (resultOf(finding)) {
    case 'pass':
      return {...base, status: 'passed', message: because};
    case 'not-applicable':
      return {
        ...base,
        status: 'skipped',
        skip_message: `Not applicable: ${safeText(finding.summary)}`,
      };
    case 'unknown':
      return {...base, ...doubtful(doubt, `Unknown. ${message}`, 'unknown')};
    case 'waived':
      return {
        ...base,
        status: 'failed',
        message: `Waived: ${safeText(finding.waived ?? '')}\n${message}`,
      };
    case 'fail':
      return {...base, status: 'failed', message};
  }
}

const doubtful = (doubt: Doubt, message: string, exception: string): object =>
  doubt === 'error' ? {status: doubt, message, exception} : {status: doubt, skip_message: message};

/** A result for every host that said nothing. */
export const notLooked = (report: Report, doubt: Doubt): object[] =>
  report.scope.missing.map(({host, why, message, fix}) => ({
    code_desc: `${safeName(host)}: not looked at`,
    start_time: report.generatedAt,
    resource: safeName(host),
    ...doubtful(doubt, `${safeText(message)}\nWhat to do: ${safeText(fix)}`, why),
  }));
