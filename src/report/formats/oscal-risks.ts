import type {Finding} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import type {WaiverState} from '../../model/waiver.js';
import {aboutOf} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {troubleId} from './oscal-observations.js';
import {line, origins, paragraphs, prop} from './oscal-words.js';

/**
 * A risk for every failure; a waived one is an approved deviation with the waiver's last day as its
 * deadline.
 */
export function* risksOf(report: Report): Iterable<object> {
  const waivers = report.waivers.map((state) => ({state, covers: new Set(state.covers)}));
  for (const {host, findings} of report.hosts)
    for (const finding of findings)
      if (finding.verdict === 'fail') yield riskOf(waivers, host, finding);
  for (const finding of report.policyFindings)
    if (finding.verdict === 'fail') yield riskOf(waivers, '', finding);
}

/** A waiver with the hosts it covers: a fleet has very many. */
interface Covering {
  readonly state: WaiverState;
  readonly covers: ReadonlySet<string>;
}

export const riskId = (host: string, finding: Finding): string =>
  uuidOf('risk', host, finding.rule, aboutOf(finding), finding.summary);

function riskOf(waivers: readonly Covering[], host: string, finding: Finding): object {
  const waiver = finding.waived === undefined ? undefined : waiverFor(waivers, host, finding);
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
  waivers: readonly Covering[],
  host: string,
  finding: Finding,
): WaiverState | undefined =>
  waivers.find(
    ({state: {waiver, standing}, covers}) =>
      standing === 'in-force' &&
      waiver.rule === finding.rule &&
      covers.has(host) &&
      (waiver.service === undefined || waiver.service === finding.service),
  )?.state;
