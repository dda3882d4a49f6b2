import type {Report, ReportedHost} from '../../model/report.js';
import {itemsInParts, membersInParts, prettyParts, someInParts} from '../../text/json-parts.js';
import {isSilent} from '../findings/assessment.js';
import {safeName, safeText, valueText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {renderOscalComponent} from './oscal-component.js';
import {findingsOfControls} from './oscal-findings.js';
import {assessmentAssets, metadata} from './oscal-metadata.js';
import {observationsOf} from './oscal-observations.js';
import {renderOscalPlan, reviewedControls} from './oscal-plan.js';
import {risksOf} from './oscal-risks.js';
import {relatedOf} from './oscal-related.js';
import {line, prop} from './oscal-words.js';

/**
 * NIST OSCAL assessment-results 1.2.1: hosts are inventory items, findings about hosts are
 * observations, failures are risks, and each control of a framework gets one finding. Ids are the
 * same in every report about the same thing.
 */
export function oscalParts(report: Report): Iterable<string> {
  const subjects = report.runs.filter((run) => run.role === 'subject');
  const start = subjects[0]?.startedAt ?? report.generatedAt;
  const end =
    subjects
      .map((run) => run.finishedAt)
      .sort()
      .at(-1) ?? report.generatedAt;
  const related = relatedOf(report);
  return prettyParts({
    'assessment-results': membersInParts({
      uuid: uuidOf('report', report.generatedAt, ...report.runs.map((run) => run.run)),
      metadata: metadata(report),
      'import-ap': {href: `#${planResource}`, remarks: 'The plan is in the back matter.'},
      results: itemsInParts(() => [
        membersInParts({
          uuid: uuidOf('result', report.generatedAt, ...report.runs.map((run) => run.run)),
          title: line(report.title),
          description: `${report.scope.answered} of ${report.scope.meant} hosts responded. Captures and net.bpf.zerocopy_enable on FreeBSD.`,
          start,
          end,
          props: Object.entries(report.totals).map(([posture, n]) =>
            prop(`hosts-${posture}`, String(n)),
          ),
          'local-definitions': localDefinitions(report),
          'reviewed-controls': reviewedControls(report.frameworks),
          'assessment-log': assessmentLog(report),
          observations: someInParts(() => observationsOf(report, related.quiet)),
          risks: someInParts(() => risksOf(report)),
          findings: someInParts(() => findingsOfControls(report, related)),
        }),
      ]),
      'back-matter': {
        resources: [
          attached(
            planResource,
            'assessment-plan.json',
            'Assessment plan',
            renderOscalPlan(report),
          ),
          attached(
            componentResource,
            'component-definition.json',
            'Component definition',
            renderOscalComponent(report),
          ),
        ],
      },
    }),
  });
}

export const renderOscal = (report: Report): string => [...oscalParts(report)].join('');

const planResource = uuidOf('resource', 'assessment-plan');
const componentResource = uuidOf('resource', 'component-definition');

/** A document inside this one: what refers to it is found wherever the file goes. */
const attached = (uuid: string, filename: string, title: string, text: string): object => ({
  uuid,
  title,
  base64: {
    filename,
    'media-type': 'application/json',
    value: Buffer.from(text).toString('base64'),
  },
});

const localDefinitions = (report: Report): unknown =>
  membersInParts({
    'inventory-items': someInParts(() => inventoryItems(report)),
    'assessment-assets': assessmentAssets(report),
  });

function* inventoryItems({hosts, scope}: Report): Iterable<object> {
  for (const host of hosts) yield inventoryItem(host);
  for (const {host, address, why} of scope.missing)
    if (why === 'not-asked')
      yield {
        uuid: uuidOf('host', host),
        description: line(host),
        props: [
          prop('fqdn', safeName(host)),
          prop('address', safeName(address)),
          prop('is-scanned', 'no'),
        ],
      };
}

const inventoryItem = (host: ReportedHost): object => ({
  uuid: uuidOf('host', host.host),
  description: line(host.host),
  props: [
    prop('fqdn', safeName(host.host)),
    prop('address', safeName(host.address)),
    prop('is-scanned', isSilent(host) ? 'no' : 'yes'),
    prop('posture', host.posture),
    prop('zerocopy-running', valueText(host.running)),
    prop('zerocopy-at-boot', valueText(host.boot)),
    ...(host.release === undefined ? [] : [prop('release', safeName(host.release))]),
    ...(host.practice ? [prop('practice', 'yes')] : []),
    prop('run', safeName(host.run)),
    ...(host.evidenceHash === undefined
      ? []
      : [prop('evidence-sha256', safeName(host.evidenceHash))]),
    ...host.groups.map((group) => prop('group', safeName(group))),
  ],
});

function assessmentLog(report: Report): object {
  const runs = report.runs.map((run) => ({
    uuid: uuidOf('log', run.run),
    title: line(`${run.kind} ${run.run}${run.role === 'subject' ? '' : ` (${run.role})`}`),
    description: `${run.hosts} hosts${run.interrupted ? '; stopped by the operator before it was finished' : ''}. Hash chain: ${run.chain.state}.`,
    start: run.startedAt,
    end: run.finishedAt,
    ...(run.chain.state === 'intact' ? {props: [prop('chain-head', run.chain.head)]} : {}),
  }));
  const changes = report.changes.map((change) => ({
    uuid: uuidOf('log', change.run, change.host),
    title: line(`${change.kind} on ${safeName(change.host)}: ${change.result}`),
    description: safeText(
      `${change.steps.map((step) => `${step.kind}: ${step.outcome}`).join('; ')}${change.by === undefined ? '' : `; by ${change.by}`}`,
    ),
    start: change.at,
  }));
  return {entries: [...runs, ...changes]};
}
