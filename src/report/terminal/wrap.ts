import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** Columns the text takes on a terminal: wide characters count two, combining ones none. */
export const columns = (text: string): number =>
  PLAIN.test(text) ? text.length : stringWidth(text);

/**
 * Breaks text into lines of at most `width` columns: between words where it can, inside a word that
 * is longer than a line. Nothing is dropped but blanks at the breaks. Sanitized text in, plain text
 * out (no colours inside).
 */
export function wrap(text: string, width: number): readonly string[] {
  if (columns(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columns(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakAnywhere(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** `wrap` behind a margin: the first line starts with `first`, the others with as many blanks. */
export function hang(first: string, text: string, width: number): readonly string[] {
  const margin = columns(first);
  return wrap(text, Math.max(8, width - margin)).map((line, i) =>
    i === 0 ? first + line : ' '.repeat(margin) + line,
  );
}

/** A text of several lines; what follows a label or a margin stays behind it. */
export const hangLines = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => {
      const [, first = '', rest = ''] = /^(\S+ {2,}| *)(.*)$/.exec(line) ?? [];
      return hang(first, rest, width);
    })
    .join('\n');

/** Pieces of at most `width` columns, broken between any two characters; blanks stay. */
export function breakAnywhere(word: string, width: number): readonly string[] {
  if (columns(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const {segment} of graphemes.segment(word)) {
    const wide = columns(segment);
    if (taken + wide > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      taken = 0;
    }
    piece += segment;
    taken += wide;
  }
  return [...pieces, piece];
}
