import type {Report, ReportedHost} from '../../model/report.js';
import {prettyJson} from '../../text/canonical-json.js';
import {safeName, safeText, valueText} from '../findings/finding-text.js';
import {uuidOf} from './identity.js';
import {renderOscalComponent} from './oscal-component.js';
import {findingsOfControls} from './oscal-findings.js';
import {assessmentAssets, metadata} from './oscal-metadata.js';
import {observationsOf} from './oscal-observations.js';
import {renderOscalPlan, reviewedControls} from './oscal-plan.js';
import {risksOf} from './oscal-risks.js';
import {line, optionalList, prop} from './oscal-words.js';

/**
 * NIST OSCAL assessment-results 1.2.1: hosts are inventory items, findings about hosts are
 * observations, failures are risks, and each control of a framework gets one finding. Ids are the
 * same in every report about the same thing.
 */
export function renderOscal(report: Report): string {
  const subjects = report.runs.filter((run) => run.role === 'subject');
  const start = subjects[0]?.startedAt ?? report.generatedAt;
  const end =
    subjects
      .map((run) => run.finishedAt)
      .sort()
      .at(-1) ?? report.generatedAt;
  const risks = risksOf(report);
  return prettyJson({
    'assessment-results': {
      uuid: uuidOf('report', report.generatedAt, ...report.runs.map((run) => run.run)),
      metadata: metadata(report),
      'import-ap': {href: `#${planResource}`, remarks: 'The plan is in the back matter.'},
      results: [
        {
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
          ...optionalList('observations', observationsOf(report)),
          ...optionalList('risks', risks.list),
          ...optionalList('findings', findingsOfControls(report, risks.ofRule)),
        },
      ],
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
    },
  });
}

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

function localDefinitions(report: Report): object {
  return {
    ...optionalList('inventory-items', [
      ...report.hosts.map(inventoryItem),
      ...report.scope.missing
        .filter((m) => m.why === 'not-asked')
        .map(({host, address}) => ({
          uuid: uuidOf('host', host),
          description: line(host),
          props: [
            prop('fqdn', safeName(host)),
            prop('address', safeName(address)),
            prop('is-scanned', 'no'),
          ],
        })),
    ]),
    'assessment-assets': assessmentAssets(report),
  };
}

const inventoryItem = (host: ReportedHost): object => ({
  uuid: uuidOf('host', host.host),
  description: line(host.host),
  props: [
    prop('fqdn', safeName(host.host)),
    prop('address', safeName(host.address)),
    prop('is-scanned', host.failure !== undefined && host.findings.length === 0 ? 'no' : 'yes'),
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
