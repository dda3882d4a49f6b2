import type {AuditRun} from '../../model/audit-run.js';
import {sanitize} from '../../text/sanitize.js';
import type {Paint} from './paint.js';
import {hang, wrap} from './wrap.js';

/** What every part of the terminal report needs. */
export interface Page {
  readonly run: AuditRun;
  readonly width: number;
  readonly verbose: boolean;
  readonly paint: Paint;
}

/**
 * Longest text shown of a name, and of a sentence in a column; beyond it the number of characters
 * left is shown.
 */
const NAME_LIMIT = 255;
const CELL_LIMIT = 500;

export const cleanName = (text: string): string => sanitize(text, {limit: NAME_LIMIT});
export const cleanCell = (text: string): string => sanitize(text, {limit: CELL_LIMIT});

/** A paragraph behind a label, wrapped; empty for an empty text. */
export const labelled = (
  page: Page,
  margin: string,
  label: string,
  text: string,
): readonly string[] => labelledClean(page, margin, label, sanitize(text));

/** The same for text whose parts are sanitized already, and which may be of any length. */
export function labelledClean(
  page: Page,
  margin: string,
  label: string,
  text: string,
): readonly string[] {
  if (text === '') return [];
  const lines = wrap(`${label}: ${text}`, Math.max(8, page.width - margin.length));
  return lines.map((line, i) =>
    i === 0 && line.startsWith(`${label}:`)
      ? margin + page.paint('strong', `${label}:`) + line.slice(label.length + 1)
      : margin + line,
  );
}

/** A plain paragraph with a margin. */
export const paragraph = (page: Page, margin: string, text: string): readonly string[] =>
  hang(margin, sanitize(text), page.width);

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
