import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import {allTroubles, byUrgency, noteworthy, stateWord} from '../findings/audit-view.js';
import {doThisBlock, doThisBlocks} from './do-this-block.js';
import {findingBlock} from './finding-block.js';
import {byRuleLines} from './table-by-rule.js';
import {cleanName, labelled, paragraph} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {POSTURE_TONE} from '../terminal/paint.js';
import {wrap} from '../terminal/wrap.js';

/**
 * Up to this many hosts in trouble each gets its own chapter; beyond, what they share is said once.
 */
const CHAPTERS = 10;

/** The findings that matter: by host for a handful of hosts, by rule for a fleet. */
export function findingLines(page: Page): readonly string[] {
  const troubled = byUrgency(page.run.hosts).filter(
    (host) => host.failure !== undefined || troublesOf(page, host).length > 0,
  );
  if (troubled.length > CHAPTERS)
    return [
      ...byRuleLines(page, troubled, (host) => troublesOf(page, host)),
      ...spaced(doThisBlocks(page, troubled)),
    ];
  return troubled.flatMap((host, i) => [...(i === 0 ? [] : ['']), ...chapter(page, host)]);
}

const spaced = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', ...lines];

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
        ? page.paint('strong', line.slice(0, -word.length)) +
          page.paint(POSTURE_TONE[host.posture], word)
        : page.paint('strong', line),
    ),
    ...(host.failure === undefined
      ? []
      : [
          ...paragraph(page, '  ', `${host.failure.kind}: ${host.failure.message}`),
          ...labelled(page, '    ', 'Fix', host.failure.fix),
        ]),
    ...troublesOf(page, host).flatMap((finding) => findingBlock(page, finding)),
    ...doThisBlock(page, host),
  ];
}
