import type {Paint, Tone} from './paint.js';
import {columns, wrap} from './wrap.js';

export interface Cell {
  /** Sanitized, without colours. */
  readonly text: string;
  readonly tone?: Tone;
}

const GAP = '  ';

/** Narrower than this, columns would hold a word each: rows are then shown as short paragraphs. */
export const COLUMNS_FROM = 76;

/** A column's header, and the most it takes of the page's width (0 to 1) before it wraps. */
export interface Column {
  readonly title: string;
  readonly share: number;
}

/**
 * Columns side by side without lines, so that a line can be searched and copied. The last column
 * takes what `width` leaves and wraps; the others are as wide as they need, up to their share, and
 * wrap beyond that.
 */
export function grid(
  head: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paint: Paint,
): readonly string[] {
  const header = head.map(({title}): Cell => ({text: title, tone: 'dim'}));
  const widths = columnWidths(head, [header, ...rows], width);
  return [header, ...rows].flatMap((row) => drawRow(row, widths, paint));
}

/** The lines of one row, each place filled up with blanks to its column's width. */
function drawRow(row: readonly Cell[], widths: readonly number[], paint: Paint): readonly string[] {
  const places = row.map(({text}, i) => wrap(text, widths[i] ?? 1));
  const height = Math.max(...places.map((lines) => lines.length));
  return Array.from({length: height}, (_, y) =>
    row
      .map(({tone}, i) => {
        const line = places[i]?.[y] ?? '';
        const blanks = ' '.repeat(Math.max(0, (widths[i] ?? 1) - columns(line)));
        return (tone === undefined ? line : paint(tone, line)) + blanks;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function columnWidths(
  head: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly number[] {
  const natural = head.map((_, i) =>
    Math.max(1, ...rows.map((row) => columns(row[i]?.text ?? ''))),
  );
  if (!Number.isFinite(width)) return natural;

  const capped = natural
    .slice(0, -1)
    .map((wide, i) => Math.min(wide, Math.max(8, Math.floor(width * (head[i]?.share ?? 1)))));
  const taken = capped.reduce((sum, wide) => sum + wide + GAP.length, 0);
  return [...capped, Math.max(8, Math.min(natural.at(-1) ?? 1, width - taken))];
}
