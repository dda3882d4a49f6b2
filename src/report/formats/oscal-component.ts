import type {FrameworkResult, Report, RuleText} from '../../model/report.js';
import {prettyJson} from '../../text/canonical-json.js';
import {uuidOf} from './identity.js';
import {controlIdOf} from './oscal-findings.js';
import {metadata} from './oscal-metadata.js';
import {line, optionalList, paragraphs, toolUuid} from './oscal-words.js';
import type {Prop} from './oscal-words.js';

/**
 * NIST OSCAL component-definition 1.2.1: which rule speaks to which control, whatever the results.
 * Rules are written as compliance-trestle reads them, so that its tools can map them to any catalog
 * and match our results by Rule_Id. Only the part of a control that a rule looks at is meant.
 */
export function renderOscalComponent(report: Report): string {
  return prettyJson({
    'component-definition': {
      uuid: uuidOf('component-definition', report.tool.version),
      metadata: metadata(report, 'FreeBSD packet captures: rules and controls'),
      components: [
        {
          uuid: uuidOf('component', 'freebsd-bpf'),
          type: 'service',
          title: 'FreeBSD BPF capture',
          description:
            'Programs that record packets through bpf(4), and net.bpf.zerocopy_enable, on FreeBSD.',
          purpose: 'Firewall logs, traffic records and intrusion detection.',
          props: report.rules.flatMap((rule, i) => ruleProps(rule, i)),
          ...optionalList(
            'control-implementations',
            report.frameworks
              .filter(({controls}) => controls.length > 0)
              .map((framework) => implementation(framework)),
          ),
        },
        {
          uuid: toolUuid,
          type: 'validation',
          title: 'zbufctl',
          description: 'Checks the rules over SSH; changes nothing.',
          props: report.rules.flatMap((rule, i) => [
            trestleProp('Rule_Id', rule.id, i),
            trestleProp('Check_Id', rule.slug, i),
            trestleProp('Check_Description', rule.claim, i),
          ]),
        },
      ],
    },
  });
}

/** The namespace in which compliance-trestle looks for rules (its documentation and tests). */
const TRESTLE = 'https://oscal-compass.github.io/compliance-trestle/schemas/oscal/cd';

/** Props with the same remarks belong together. */
const trestleProp = (name: string, value: string, set: number): Prop & {remarks: string} => ({
  name,
  ns: TRESTLE,
  value,
  remarks: `rule_set_${String(set).padStart(2, '0')}`,
});

const ruleProps = (rule: RuleText, set: number): readonly Prop[] => [
  trestleProp('Rule_Id', rule.id, set),
  trestleProp('Rule_Description', rule.claim, set),
];

function implementation({id, title, sources, controls}: FrameworkResult): object {
  return {
    uuid: uuidOf('implementation', id),
    source: sources[0] ?? `urn:zbufctl:framework:${id}`,
    description: line(title),
    'implemented-requirements': controls.map(({control, title: what, because}) => ({
      uuid: uuidOf('requirement', id, control),
      'control-id': controlIdOf(id, control),
      description: paragraphs(what, ...because.map(({rule, why}) => `${rule}: ${why}`)),
      ...optionalList(
        'props',
        [...new Set(because.map(({rule}) => rule))].map((rule) => ({
          name: 'Rule_Id',
          ns: TRESTLE,
          value: rule,
        })),
      ),
    })),
  };
}
