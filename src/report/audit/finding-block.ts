import type {Finding} from '../../model/finding.js';
import {headingOf, readingAsTold} from '../findings/finding-text.js';
import {cleanName, labelled, paragraph, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {SEVERITY_TONE} from '../terminal/paint.js';
import {wrap} from '../terminal/wrap.js';

/**
 * Severity, rule and claim; the sentence; why it matters; the readings with -v; the fix.
 *
 * @param sharedBy the hosts a finding stands for when it is said once for several; sentence and
 *   readings are the first's
 */
export function findingBlock(
  page: Page,
  finding: Finding,
  sharedBy: readonly string[] = [],
): readonly string[] {
  const {verdict, severity} = finding;
  const word = verdict === 'unknown' ? `unknown (${severity})` : severity;
  const tone = verdict === 'unknown' ? 'doubt' : SEVERITY_TONE[severity];
  const count = sharedBy.length === 0 ? '' : ` (${plural(sharedBy.length, 'host')})`;
  const example = sharedBy.length > 1 ? `on ${cleanName(sharedBy[0] ?? '')}: ` : '';
  const title = `${headingOf(finding)}${count}${finding.waived === undefined ? '' : ' (waived)'}`;
  const [first = '', ...others] = wrap(`${word} ${title}`, page.width - 2);
  return [
    `  ${page.paint(tone, word)}${first.slice(word.length)}`,
    ...wrap(others.join(' '), Math.max(8, page.width - 4))
      .filter((line) => line !== '')
      .map((line) => `    ${line}`),
    ...paragraph(page, '    ', example + finding.summary),
    ...labelled(page, '    ', 'Why it matters', finding.matters),
    ...(page.verbose
      ? finding.because.flatMap((one) => labelled(page, '    ', 'Reading', readingAsTold(one)))
      : []),
    ...labelled(page, '    ', verdict === 'unknown' ? 'What would decide it' : 'Fix', finding.fix),
    ...(finding.waived === undefined ? [] : labelled(page, '    ', 'Waived', finding.waived)),
  ];
}
