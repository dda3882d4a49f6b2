import type {ControlResult, ControlStanding, FrameworkResult, Report} from '../../model/report.js';
import {unreachable} from '../../model/unreachable.js';
import {membersInParts, someInParts} from '../../text/json-parts.js';
import {uuidOf} from './identity.js';
import type {Related} from './oscal-related.js';
import {line, origins, prop} from './oscal-words.js';

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
export function* findingsOfControls({frameworks}: Report, related: Related): Iterable<unknown> {
  for (const framework of frameworks)
    for (const control of framework.controls)
      if (control.standing !== 'not-assessed') yield finding(framework, control, related);
}

function finding(framework: FrameworkResult, control: ControlResult, related: Related): unknown {
  const id = controlIdOf(framework.id, control.control);
  const rules = [...new Set(control.because.map((b) => b.rule))];
  const {fail, waived, unknown, pass, missing} = control.counts;
  return membersInParts({
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
    'related-observations': references('observation-uuid', rules, related.observations),
    'related-risks': references('risk-uuid', rules, related.risks),
  });
}

const references = (
  name: string,
  rules: readonly string[],
  ids: ReadonlyMap<string, readonly string[]>,
): unknown =>
  someInParts(function* () {
    for (const rule of rules) for (const id of ids.get(rule) ?? []) yield {[name]: id};
  });

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
