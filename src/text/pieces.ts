/** A text, or its parts in order where the whole would be large. */
export type Parts = string | Iterable<string>;

/** All of it in one. */
export const wholeOf = (parts: Parts): string =>
  typeof parts === 'string' ? parts : [...parts].join('');

/** Enough that what each write costs does not count. */
const PIECE = 64 * 1024;

/** The same text in pieces worth writing, never the whole of a large one. */
export function* piecesOf(parts: Parts): Iterable<string> {
  if (typeof parts === 'string') {
    yield parts;
    return;
  }
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
