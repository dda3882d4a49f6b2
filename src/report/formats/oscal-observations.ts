import type {Finding} from '../../model/finding.js';
import type {MissingHost, Report, ReportedHost} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import {aboutOf, readingText, resultOf} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {line, optionalList, origins, paragraphs, prop} from './oscal-words.js';

/**
 * One observation for every failure and unknown with the readings it rests on, one for every host
 * that said nothing, and one a rule for all the hosts on which it holds (or does not apply): those
 * name the hosts and the hashes of their evidence, which has the readings.
 */
export const observationsOf = (report: Report): readonly object[] => [
  ...report.hosts.flatMap((host) => host.findings.filter(isTrouble).map((f) => ofFinding(host, f))),
  ...report.policyFindings.map((finding) => ofPolicy(report, finding)),
  ...quietObservations(report),
  ...report.scope.missing.map((missing) => ofMissing(report, missing)),
];

/** The ids of the observations about each rule, for the findings that rest on them. */
export const observationsByRule = (report: Report): ReadonlyMap<string, readonly string[]> => {
  const ids = [
    ...report.hosts.flatMap(({host, findings}) =>
      findings.filter(isTrouble).map((f) => ({rule: f.rule, id: troubleId(host, f)})),
    ),
    ...report.policyFindings.map((f) => ({rule: f.rule, id: troubleId('', f)})),
    ...quietGroups(report).map((group) => ({rule: group.rule, id: quietId(group)})),
  ];
  return new Map(
    [...groupBy(ids, ({rule}) => rule)].map(([rule, list]) => [rule, list.map(({id}) => id)]),
  );
};

const isTrouble = (finding: Finding): boolean =>
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

interface Quiet {
  readonly rule: string;
  readonly result: 'pass' | 'not-applicable';
  readonly hosts: readonly ReportedHost[];
}

function quietGroups(report: Report): readonly Quiet[] {
  const all = report.hosts.flatMap((host) =>
    host.findings
      .filter((f) => !isTrouble(f))
      .map((f) => ({
        host,
        rule: f.rule,
        result: f.verdict === 'pass' ? ('pass' as const) : ('not-applicable' as const),
      })),
  );
  return [...groupBy(all, ({rule, result}) => `${rule} ${result}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const hosts = [...new Map(group.map(({host}) => [host.host, host])).values()];
    return [{rule: first.rule, result: first.result, hosts}];
  });
}

const quietId = ({rule, result, hosts}: Quiet): string =>
  uuidOf('observation', rule, result, ...hosts.map((host) => host.host));

const quietObservations = (report: Report): readonly object[] =>
  quietGroups(report).map((group) => ({
    uuid: quietId(group),
    title: line(`${group.rule} ${group.result === 'pass' ? 'holds' : 'does not apply'}`),
    description: `On ${group.hosts.length} ${group.hosts.length === 1 ? 'host' : 'hosts'}.`,
    props: [prop('rule', group.rule), prop('result', group.result)],
    methods: ['TEST'],
    types: ['control-objective'],
    origins,
    subjects: group.hosts.map((host) => subject(host.host)),
    'relevant-evidence': group.hosts.map((host) => ({
      description: paragraphs(
        `${host.host}: ${host.evidenceHash === undefined ? 'evidence not stored' : `evidence SHA-256 ${host.evidenceHash}`}`,
      ),
    })),
    collected: group.hosts.map((host) => host.auditedAt).sort()[0] ?? report.generatedAt,
  }));

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
