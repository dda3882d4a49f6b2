import type {AuditedHost} from '../../model/audit-run.js';
import type {Because, Finding} from '../../model/finding.js';
import {headingOf} from '../findings/finding-text.js';
import {allTroubles, byUrgency, noteworthy, stateWord} from '../findings/audit-view.js';
import {byRuleLines} from './table-by-rule.js';
import {cleanName, labelled, paragraph, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {POSTURE_TONE, SEVERITY_TONE} from '../terminal/paint.js';
import {wrap} from '../terminal/wrap.js';

/** Up to this many hosts in trouble each gets its own chapter; beyond, what they share is said once. */
const CHAPTERS = 10;

/** The findings that matter: by host for a handful of hosts, by rule for a fleet. */
export function findingLines(page: Page): readonly string[] {
  const troubled = byUrgency(page.run.hosts).filter(
    (host) => host.failure !== undefined || troublesOf(page, host).length > 0,
  );
  if (troubled.length > CHAPTERS) return byRuleLines(page, troubled, (host) => troublesOf(page, host));
  return troubled.flatMap((host, i) => [...(i === 0 ? [] : ['']), ...chapter(page, host)]);
}

const troublesOf = (page: Page, host: AuditedHost): readonly Finding[] =>
  page.verbose ? allTroubles(host) : noteworthy(host);

function chapter(page: Page, host: AuditedHost): readonly string[] {
  const facts = [
    host.address === host.host ? '' : cleanName(host.address),
    host.release === undefined ? '' : cleanName(host.release),
  ].filter((fact) => fact !== '');
  const title = `${cleanName(host.host)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}: `;
  const word = stateWord(host);
  const lines = wrap(`${title}${word}`, page.width);
  return [
    ...lines.map((line, i) =>
      i === lines.length - 1 && line.endsWith(word)
        ? page.paint('strong', line.slice(0, -word.length)) + page.paint(POSTURE_TONE[host.posture], word)
        : page.paint('strong', line),
    ),
    ...(host.failure === undefined
      ? []
      : [
          ...paragraph(page, '  ', `${host.failure.kind}: ${host.failure.message}`),
          ...labelled(page, '    ', 'Fix', host.failure.fix),
        ]),
    ...troublesOf(page, host).flatMap((finding) => findingBlock(page, finding)),
  ];
}

/**
 * Severity, rule and claim; the sentence; why it matters; the readings with -v; the fix.
 *
 * @param sharedBy the hosts a finding stands for when it is said once for several; sentence and readings are the first's
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
    ...(page.verbose ? finding.because.flatMap((because) => readingLines(page, because)) : []),
    ...labelled(page, '    ', verdict === 'unknown' ? 'What would decide it' : 'Fix', finding.fix),
    ...(finding.waived === undefined ? [] : labelled(page, '    ', 'Waived', finding.waived)),
  ];
}

function readingLines(page: Page, because: Because): readonly string[] {
  return labelled(page, '    ', 'Reading', `${because.reading} ${outcome(because)} (${because.source})`);
}

function outcome({state, value, why}: Because): string {
  if (state === 'read') return `= ${value ?? ''}`;
  return state === 'absent' ? 'is absent' : `is unreadable: ${why ?? ''}`;
}
