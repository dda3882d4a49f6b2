import type {Finding} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import type {WaiverState} from '../../model/waiver.js';
import {groupBy} from '../../text/group-by.js';
import {aboutOf} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {troubleId} from './oscal-observations.js';
import {line, origins, paragraphs, prop} from './oscal-words.js';

export interface Risks {
  readonly list: readonly object[];
  readonly ofRule: ReadonlyMap<string, readonly string[]>;
}

/**
 * A risk for every failure; a waived one is an approved deviation with the waiver's last day as its
 * deadline.
 */
export function risksOf(report: Report): Risks {
  const failures = [
    ...report.hosts.flatMap((host) => host.findings.map((finding) => ({host: host.host, finding}))),
    ...report.policyFindings.map((finding) => ({host: '', finding})),
  ].filter(({finding}) => finding.verdict === 'fail');
  const ofRule = groupBy(failures, ({finding}) => finding.rule);
  return {
    list: failures.map(({host, finding}) => riskOf(report, host, finding)),
    ofRule: new Map(
      [...ofRule].map(([rule, list]) => [rule, list.map((f) => riskId(f.host, f.finding))]),
    ),
  };
}

const riskId = (host: string, finding: Finding): string =>
  uuidOf('risk', host, finding.rule, aboutOf(finding), finding.summary);

function riskOf(report: Report, host: string, finding: Finding): object {
  const waiver =
    finding.waived === undefined ? undefined : waiverFor(report.waivers, host, finding);
  const id = riskId(host, finding);
  return {
    uuid: id,
    title: line(`${finding.slug}${host === '' ? '' : ` on ${host}`}`),
    description: paragraphs(finding.summary),
    statement: paragraphs(finding.matters === '' ? finding.summary : finding.matters),
    props: [prop('rule', finding.rule), prop('severity', finding.severity)],
    status: finding.waived === undefined ? 'open' : 'deviation-approved',
    origins,
    ...(waiver === undefined ? {} : {deadline: `${waiver.waiver.expiry}T23:59:59Z`}),
    ...(finding.waived === undefined
      ? {}
      : {
          'mitigating-factors': [
            {uuid: uuidOf('waiver', id), description: paragraphs(`Waived: ${finding.waived}`)},
          ],
        }),
    ...(finding.fix === ''
      ? {}
      : {
          remediations: [
            {
              uuid: uuidOf('remediation', id),
              lifecycle: 'recommendation',
              title: 'What to do',
              description: paragraphs(finding.fix),
            },
          ],
        }),
    'related-observations': [{'observation-uuid': troubleId(host, finding)}],
  };
}

const waiverFor = (
  states: readonly WaiverState[],
  host: string,
  finding: Finding,
): WaiverState | undefined =>
  states.find(
    ({waiver, standing, covers}) =>
      standing === 'in-force' &&
      waiver.rule === finding.rule &&
      covers.includes(host) &&
      (waiver.service === undefined || waiver.service === finding.service),
  );
