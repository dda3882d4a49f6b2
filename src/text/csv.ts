/** What a cell may hold; nothing: an empty one. */
export type Cell = string | number | undefined;

/** A spreadsheet takes a cell for a formula that begins so; the last four are full-width forms. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Cells of a row, by RFC 4180, without the end of the line. No text can start a formula: `'` is put
 * before it (OWASP, CSV injection); a number is a number.
 */
export const csvCells = (cells: readonly Cell[]): string => cells.map(csvCell).join(',');

/** Rows end so, the last too. */
export const CSV_END = '\r\n';

function csvCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
