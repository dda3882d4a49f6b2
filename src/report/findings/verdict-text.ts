import type {Posture} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import {plural} from '../terminal/page.js';
import {assessmentOfReport} from './assessment.js';

/** What a whole report comes to. `open`: nothing fails, and not everything was seen. */
export const REPORT_VERDICTS = ['compliant', 'not-compliant', 'open'] as const;
export type ReportVerdict = (typeof REPORT_VERDICTS)[number];

export interface VerdictSentence {
  readonly verdict: ReportVerdict;
  readonly text: string;
}

/** What is said of hosts that fail, worst first: of one, and of several. */
const SAID: readonly (readonly [Posture, string, string])[] = [
  ['broken', 'is losing packets now', 'are losing packets now'],
  [
    'at-risk',
    'will lose packets at its next service start or boot',
    'will lose packets at their next service start or boot',
  ],
  ['drift', 'differs from the policy', 'differ from the policy'],
  ['ineffective', 'has a setting without effect', 'have a setting without effect'],
];

/**
 * The answer before the numbers, in one sentence. Nothing reassuring while a host or a verdict is
 * open.
 */
export function verdictOf(report: Report): VerdictSentence {
  const {meant, answered, failures, waived, unknowns, outdated} = assessmentOfReport(report);
  if (answered === 0) return {verdict: 'open', text: 'Nothing was assessed: no host responded.'};
  const failing = SAID.flatMap(([posture, one, several]) =>
    said(report.totals[posture] ?? 0, one, several),
  );
  const unseen = [
    ...said(report.totals.unknown ?? 0, 'could not be judged'),
    ...said(
      meant - answered,
      'did not respond or was not asked',
      'did not respond or were not asked',
    ),
    ...said(
      outdated,
      'is shown as it was before it stopped responding',
      'are shown as they were before they stopped responding',
    ),
  ];
  const rest = unseen.length === 0 ? '' : `; ${unseen.join('; ')}`;
  if (failing.length > 0)
    return {verdict: 'not-compliant', text: `Not compliant: ${failing.join(', ')}${rest}.`};
  if (failures > 0)
    return {
      verdict: 'not-compliant',
      text: `Not compliant: ${plural(failures, 'finding')} ${failures === 1 ? 'stands' : 'stand'}${rest}.`,
    };
  if (unseen.length > 0 || unknowns > 0) {
    const why = unseen.length > 0 ? unseen.join('; ') : `${plural(unknowns, 'verdict')} unknown`;
    return {verdict: 'open', text: `Not decided: no failures were found, but ${why}.`};
  }
  const accepted =
    waived === 0 ? '' : `, but for ${plural(waived, 'failure')} that a waiver covers`;
  return {
    verdict: 'compliant',
    text: `Compliant: ${meant === 1 ? 'the host was' : `all ${meant} hosts were`} assessed, and no failures were found${accepted}.`,
  };
}

const said = (count: number, one: string, several = one): readonly string[] =>
  count === 0 ? [] : [`${plural(count, 'host')} ${count === 1 ? one : several}`];
