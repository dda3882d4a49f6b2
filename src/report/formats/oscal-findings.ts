import type {ControlResult, ControlStanding, FrameworkResult, Report} from '../../model/report.js';
import {unreachable} from '../../model/unreachable.js';
import {uuidOf} from './identity.js';
import {observationsByRule} from './oscal-observations.js';
import {line, optionalList, origins, prop} from './oscal-words.js';

/**
 * A control's id as a token: NIST's own catalog ids (au-5, cm-3.2), and a prefix for frameworks
 * whose ids start with a digit, which OSCAL tokens can not.
 */
export function controlIdOf(framework: string, control: string): string {
  const id = control
    .toLowerCase()
    .replace(/\((\d+)\)/g, '.$1')
    .replace(/[^a-z0-9._-]/g, '_');
  const prefix = framework.startsWith('nist-') ? '' : `${framework.split('-')[0] ?? ''}-`;
  return /^[a-z_]/.test(prefix + id) ? prefix + id : `_${prefix}${id}`;
}

/** One finding for every control that was assessed. */
export const findingsOfControls = (
  report: Report,
  risksOfRule: ReadonlyMap<string, readonly string[]>,
): readonly object[] => {
  const related: Related = {observations: observationsByRule(report), risks: risksOfRule};
  return report.frameworks.flatMap((framework) =>
    framework.controls
      .filter((control) => control.standing !== 'not-assessed')
      .map((control) => finding(framework, control, related)),
  );
};

interface Related {
  readonly observations: ReadonlyMap<string, readonly string[]>;
  readonly risks: ReadonlyMap<string, readonly string[]>;
}

function finding(framework: FrameworkResult, control: ControlResult, related: Related): object {
  const id = controlIdOf(framework.id, control.control);
  const rules = [...new Set(control.because.map((b) => b.rule))];
  const {fail, waived, unknown, pass, missing} = control.counts;
  return {
    uuid: uuidOf('finding', framework.id, control.control),
    title: line(`${control.control} ${control.title}`),
    description: control.because.map(({rule, why}) => line(`${rule}: ${why}`)).join('\n\n'),
    props: [prop('framework', framework.id), prop('standing', control.standing)],
    origins,
    target: {
      type: framework.id.startsWith('nist-') ? 'statement-id' : 'objective-id',
      'target-id': framework.id.startsWith('nist-') ? `${id}_smt` : id,
      title: line(control.title),
      status: {
        ...statusOf(control.standing),
        remarks: `${fail} failing, ${waived} waived, ${unknown} unknown, ${pass} passing; ${missing} hosts did not respond. Only the part of the control that ${rules.join(', ')} look at was assessed.`,
      },
    },
    ...optionalList(
      'related-observations',
      rules
        .flatMap((rule) => related.observations.get(rule) ?? [])
        .map((uuid) => ({'observation-uuid': uuid})),
    ),
    ...optionalList(
      'related-risks',
      rules.flatMap((rule) => related.risks.get(rule) ?? []).map((uuid) => ({'risk-uuid': uuid})),
    ),
  };
}

/**
 * OSCAL knows two states; what could not be decided is not satisfied, for a reason that is no
 * failure.
 */
function statusOf(standing: ControlStanding): {readonly state: string; readonly reason: string} {
  switch (standing) {
    case 'pass':
      return {state: 'satisfied', reason: 'pass'};
    case 'fail':
      return {state: 'not-satisfied', reason: 'fail'};
    case 'waived':
    case 'unknown':
    case 'not-assessed':
      return {state: 'not-satisfied', reason: 'other'};
    default:
      return unreachable(standing);
  }
}
