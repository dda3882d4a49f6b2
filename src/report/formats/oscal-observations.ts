import type {Finding} from '../../model/finding.js';
import type {MissingHost, Report, ReportedHost} from '../../model/report.js';
import {itemsInParts, itemText, membersInParts, writtenItems} from '../../text/json-parts.js';
import {aboutOf, readingText, resultOf} from '../findings/finding-text.js';
import {uuidOf, uuidOfList} from './identity.js';
import {line, optionalList, origins, paragraphs, prop} from './oscal-words.js';

/**
 * One observation for every failure and unknown with the readings it rests on, one for every host
 * that said nothing, and one a rule for all the hosts on which it holds (or does not apply): those
 * name the hosts and the hashes of their evidence, which has the readings.
 */
export function* observationsOf(report: Report, quiet: readonly Quiet[]): Iterable<unknown> {
  for (const host of report.hosts)
    for (const finding of host.findings) if (isTrouble(finding)) yield ofFinding(host, finding);
  for (const finding of report.policyFindings) yield ofPolicy(report, finding);
  const texts = new Map<string, HostTexts>();
  for (const group of quiet) yield ofQuiet(report, group, texts);
  for (const missing of report.scope.missing) yield ofMissing(report, missing);
}

/** What needs an observation of its own. */
export const isTrouble = (finding: Finding): boolean =>
  finding.verdict === 'fail' || finding.verdict === 'unknown';

/**
 * The same from run to run while the finding is the same; two findings of one rule differ in what
 * they are about.
 */
export const troubleId = (host: string, finding: Finding): string =>
  uuidOf('observation', host, finding.rule, finding.verdict, aboutOf(finding), finding.summary);

const subject = (host: string): object => ({
  'subject-uuid': uuidOf('host', host),
  type: 'inventory-item',
  title: line(host),
});

const ofFinding = (host: ReportedHost, finding: Finding): object => ({
  ...common(host.host, finding),
  subjects: [subject(host.host)],
  collected: host.auditedAt,
});

const ofPolicy = (report: Report, finding: Finding): object => ({
  ...common('', finding),
  collected: report.generatedAt,
});

function common(host: string, finding: Finding): object {
  const about = aboutOf(finding);
  return {
    uuid: troubleId(host, finding),
    title: line(`${finding.rule} ${finding.slug}${about === '' ? '' : ` (${about})`}`),
    description: paragraphs(finding.summary, finding.matters),
    props: [
      prop('rule', finding.rule),
      prop('result', resultOf(finding)),
      prop('severity', finding.severity),
    ],
    methods: ['TEST'],
    types: ['finding'],
    origins,
    ...optionalList(
      'relevant-evidence',
      finding.because.map((reading) => ({
        description: paragraphs(readingText(reading)),
        props: [prop('state', reading.state)],
      })),
    ),
  };
}

/** The hosts on which a rule holds, or does not apply. */
export interface Quiet {
  readonly id: string;
  readonly rule: string;
  readonly result: 'pass' | 'not-applicable';
  readonly hosts: readonly ReportedHost[];
}

export const quietId = ({rule, result, hosts}: Omit<Quiet, 'id'>): string =>
  uuidOfList('observation', [rule, result, ...hosts.map((host) => host.host)]);

/** A host as the groups it is in have it: every rule has one. */
interface HostTexts {
  readonly subject: string;
  readonly evidence: string;
}

/** Objects and lists around a subject: results, one, observations, one, subjects, and two above. */
const LEVELS = 7;

function textsOf({host, evidenceHash}: ReportedHost): HostTexts {
  const told = evidenceHash === undefined ? 'not stored' : `SHA-256 ${evidenceHash}`;
  return {
    subject: itemText(subject(host), LEVELS),
    evidence: itemText({description: paragraphs(`${host}: evidence ${told}`)}, LEVELS),
  };
}

function ofQuiet(report: Report, group: Quiet, known: Map<string, HostTexts>): unknown {
  const {id, rule, result, hosts} = group;
  const items = (which: keyof HostTexts): unknown =>
    itemsInParts(function* () {
      for (const host of hosts) {
        const texts = known.get(host.host) ?? textsOf(host);
        known.set(host.host, texts);
        yield writtenItems(texts[which]);
      }
    });
  return membersInParts({
    uuid: id,
    title: line(`${rule} ${result === 'pass' ? 'holds' : 'does not apply'}`),
    description: `On ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}.`,
    props: [prop('rule', rule), prop('result', result)],
    methods: ['TEST'],
    types: ['control-objective'],
    origins,
    subjects: items('subject'),
    'relevant-evidence': items('evidence'),
    collected: earliest(hosts) ?? report.generatedAt,
  });
}

const earliest = (hosts: readonly ReportedHost[]): string | undefined =>
  hosts.reduce<string | undefined>(
    (first, {auditedAt}) => (first === undefined || auditedAt < first ? auditedAt : first),
    undefined,
  );

const ofMissing = (report: Report, {host, why, message, fix}: MissingHost): object => ({
  uuid: uuidOf('observation', host, 'missing', why),
  title: line(`${host} did not respond: ${why}`),
  description: paragraphs(message, fix),
  props: [prop('result', 'unknown'), prop('why', why)],
  methods: ['TEST'],
  types: ['finding'],
  origins,
  subjects: [subject(host)],
  collected: report.generatedAt,
});
