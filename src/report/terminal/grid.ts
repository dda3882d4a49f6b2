import Table from 'cli-table3';

import type {Paint, Tone} from './paint.js';
import {columns, wrap} from './wrap.js';

export interface Cell {
  /** Sanitized, without colours. */
  readonly text: string;
  readonly tone?: Tone;
}

/** Two private-use characters, which `sanitize` never lets through: the start of a line's place, and its filling. */
const START = 0xe000;
const FILL = '\uf8ff';
const LAST_START = 0xf8fe;

const GAP = '  ';
const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

/** A column's header, and the most it takes of the page's width (0 to 1) before it wraps. */
export interface Column {
  readonly title: string;
  readonly share: number;
}

/**
 * Columns side by side without lines, so that a line can be searched and copied. The last column takes what `width`
 * leaves and wraps; the others are as wide as they need, up to their share, and wrap beyond that.
 */
export function grid(
  head: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paint: Paint,
): readonly string[] {
  const header = head.map(({title}): Cell => ({text: title, tone: 'dim'}));
  const widths = columnWidths(head, [header, ...rows], width);
  // One small table a row: the widths are fixed, and a row's places never run out.
  return [header, ...rows].flatMap((row) => drawRow(row, widths, paint));
}

/**
 * cli-table3 measures with an older string-width that disagrees about some scripts and would cut or misalign them. It is
 * given a place of one-column characters for each line, and the true text is put there afterwards.
 */
function drawRow(row: readonly Cell[], widths: readonly number[], paint: Paint): readonly string[] {
  const texts: string[] = [];
  const places = row.map(({text, tone}, i) =>
    wrap(text, widths[i] ?? 1)
      .map((line) => {
        // A line without any width (combining characters alone) still needs a place.
        const wide = Math.max(1, columns(line));
        texts.push((tone === undefined ? line : paint(tone, line)) + (columns(line) === 0 ? ' ' : ''));
        if (START + texts.length > LAST_START) throw new Error('more lines in one row than places');
        return String.fromCharCode(START + texts.length - 1) + FILL.repeat(wide - 1);
      })
      .join('\n'),
  );
  const table = new Table({
    chars: BARE,
    colWidths: [...widths],
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true},
  });
  table.push(places);
  return table
    .toString()
    .replace(/[\ue000-\uf8fe]\uf8ff*/g, (place) => texts[place.charCodeAt(0) - START] ?? '')
    .split('\n')
    .map((line) => line.trimEnd());
}

function columnWidths(
  head: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly number[] {
  const natural = head.map((_, i) => Math.max(1, ...rows.map((row) => columns(row[i]?.text ?? ''))));
  if (!Number.isFinite(width)) return natural;

  const capped = natural
    .slice(0, -1)
    .map((wide, i) => Math.min(wide, Math.max(8, Math.floor(width * (head[i]?.share ?? 1)))));
  const taken = capped.reduce((sum, wide) => sum + wide + GAP.length, 0);
  return [...capped, Math.max(8, Math.min(natural.at(-1) ?? 1, width - taken))];
}
