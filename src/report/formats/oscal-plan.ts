import type {FrameworkResult, Report} from '../../model/report.js';
import {prettyJson} from '../../text/canonical-json.js';
import {uuidOf} from './identity.js';
import {controlIdOf} from './oscal-findings.js';
import {assessmentAssets, metadata} from './oscal-metadata.js';
import {line, paragraphs, prop} from './oscal-words.js';

/**
 * NIST OSCAL assessment-plan 1.2.1: what the assessment results are results of. One activity for
 * each rule, carried out on every host meant. There is no system security plan of ours: an
 * assessor's own is put in its place.
 */
export function renderOscalPlan(report: Report): string {
  const noPlan = uuidOf('resource', 'system-security-plan');
  return prettyJson({
    'assessment-plan': {
      uuid: uuidOf('plan', report.tool.version, ...report.rules.map((rule) => rule.id)),
      metadata: metadata(report, `Assessment plan: ${report.title}`),
      'import-ssp': {
        href: `#${noPlan}`,
        remarks: 'zbufctl knows no system security plan; put the one of the system here.',
      },
      'local-definitions': {activities: report.rules.map(activity)},
      'reviewed-controls': reviewedControls(report.frameworks),
      'assessment-subjects': [
        {type: 'inventory-item', description: 'Every host of the inventory.', 'include-all': {}},
      ],
      'assessment-assets': assessmentAssets(report),
      tasks: [
        {
          uuid: uuidOf('task', 'audit'),
          type: 'action',
          title: 'zbufctl audit',
          description: 'Collects evidence from every host, read-only, and judges it by the rules.',
          'associated-activities': report.rules.map(({id}) => ({
            'activity-uuid': activityUuid(id),
            subjects: [{type: 'inventory-item', 'include-all': {}}],
          })),
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: noPlan,
            title: 'System security plan',
            description: 'None is known to zbufctl.',
          },
        ],
      },
    },
  });
}

const activityUuid = (rule: string): string => uuidOf('activity', rule);

const activity = (rule: Report['rules'][number]): object => ({
  uuid: activityUuid(rule.id),
  title: line(`${rule.id} ${rule.slug}`),
  description: paragraphs(rule.claim, rule.matters),
  props: [prop('method', 'TEST'), prop('rule', rule.id), prop('severity', rule.severity)],
});

/** The controls that a rule gives evidence about. */
export const reviewedControls = (frameworks: readonly FrameworkResult[]): object => ({
  description: 'Controls that a rule gives evidence about; the rules look at packet captures only.',
  'control-selections': frameworks
    .filter((framework) => framework.controls.length > 0)
    .map((framework) => ({
      description: line(framework.title),
      'include-controls': framework.controls.map(({control}) => ({
        'control-id': controlIdOf(framework.id, control),
      })),
    })),
});
