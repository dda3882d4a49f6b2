import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import {
  byUrgency,
  shortValue,
  stalledCaptures,
  stateWord,
  worstFinding,
} from '../findings/audit-view.js';
import {COLUMNS_FROM, grid} from '../terminal/grid.js';
import type {Cell} from '../terminal/grid.js';
import {cleanCell, cleanName, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {POSTURE_TONE, SEVERITY_TONE} from '../terminal/paint.js';
import {columns, hang, wrap} from '../terminal/wrap.js';

/**
 * Narrower than this, the worst finding is its rule; from here on its claim too, so that a host
 * stays on one line.
 */
const CLAIMS_FROM = 100;
/** From here on the whole sentence stands beside the columns. Below, it is said further down. */
const SENTENCES_FROM = 120;

const HEAD = [
  {title: 'POSTURE', share: 0.2},
  {title: 'HOST', share: 0.3},
  {title: 'RUN/BOOT', share: 0.2},
  {title: 'STALLED', share: 0.18},
  {title: 'WORST FINDING', share: 1},
];

/**
 * A line or more for each host, most urgent first; compliant hosts are one line together unless -v.
 */
export function hostLines(page: Page): readonly string[] {
  const ordered = byUrgency(page.run.hosts);
  const shown = page.verbose ? ordered : ordered.filter(({posture}) => posture !== 'compliant');
  const folded = ordered.length - shown.length;

  const lines =
    page.width < COLUMNS_FROM
      ? shown.flatMap((host) => stacked(page, host))
      : shown.length === 0
        ? []
        : grid(
            HEAD,
            shown.map((host) => row(page, host)),
            page.width,
            page.paint,
          );
  if (folded === 0) return lines;
  const [word, ...rest] = wrap(`compliant: ${plural(folded, 'host')} (-v lists them)`, page.width);
  return [...lines, (word ?? '').replace('compliant', page.paint('good', 'compliant')), ...rest];
}

function row(page: Page, host: AuditedHost): readonly Cell[] {
  return [
    {text: stateWord(host), tone: POSTURE_TONE[host.posture]},
    {text: nameOf(page, host)},
    {text: `${shortValue(host.running)}/${shortValue(host.boot)}`},
    stalledCell(host),
    worstCell(page, host),
  ];
}

/** The name; with -v also what the host took. */
function nameOf({verbose}: Page, host: AuditedHost): string {
  const notes = [
    ...(host.practice ? ['practice'] : []),
    ...(verbose ? [`${(host.durationMs / 1000).toFixed(1)} s`] : []),
  ];
  return cleanName(host.host) + (notes.length === 0 ? '' : ` (${notes.join(', ')})`);
}

function stalledCell(host: AuditedHost): Cell {
  const stalled = stalledCaptures(host);
  if (stalled === 'unknown') return {text: '?', tone: 'doubt'};
  if (stalled.length === 0) return {text: 'none'};
  return {text: cleanName(stalled.join(', ')), tone: 'bad'};
}

function worstCell(page: Page, host: AuditedHost): Cell {
  if (host.failure !== undefined) {
    const {kind, message} = host.failure;
    return {
      text: page.width < SENTENCES_FROM ? kind : `${kind}: ${cleanCell(message)}`,
      tone: 'doubt',
    };
  }
  const worst = worstFinding(host);
  if (worst === undefined) return {text: ''};
  const what = `${cleanName(worst.rule)} ${detail(page, worst)}`.trimEnd();
  return worst.verdict === 'unknown'
    ? {text: `unknown ${what}`, tone: 'doubt'}
    : {text: `${worst.severity} ${what}`, tone: SEVERITY_TONE[worst.severity]};
}

/**
 * What is wrong in a few words, so that a host is one line at any width; the sentence stands below
 * the table.
 */
const detail = ({width}: Page, {slug, title}: Finding): string =>
  width >= COLUMNS_FROM && width < CLAIMS_FROM ? '' : cleanName(title ?? slug);

/** posture and name; then values and captures; then the worst finding. */
function stacked(page: Page, host: AuditedHost): readonly string[] {
  const word = stateWord(host);
  const posture = page.paint(POSTURE_TONE[host.posture], word);
  const margin = columns(word) + 1;
  const [first = '', ...others] = wrap(nameOf(page, host), Math.max(8, page.width - margin));
  const stalled = stalledCell(host);
  const worst = worstCell(page, host);
  return [
    `${posture} ${first}`,
    ...others.map((line) => ' '.repeat(margin) + line),
    ...hang(
      '  ',
      `run/boot ${shortValue(host.running)}/${shortValue(host.boot)}, stalled ${stalled.text}`,
      page.width,
    ),
    ...(worst.text === '' ? [] : hang('  ', worst.text, page.width)).map((line) =>
      worst.tone === undefined ? line : page.paint(worst.tone, line),
    ),
  ];
}
