/**
 * Splits a line into words as shlex (Python) does: quotes group and disappear, a backslash takes the next character
 * as it is (inside double quotes only before " and \), a # before a word starts a comment. `undefined`: a quote is
 * never closed.
 */
export function splitQuoted(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && /["\\]/.test(line.charAt(i + 1)))
        word = `${word ?? ''}${line.charAt(++i)}`;
      else word = `${word ?? ''}${c}`;
      continue;
    }
    if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined) {
      return words;
    } else if (c === '\\' && i + 1 < line.length) {
      word = `${word ?? ''}${line.charAt(++i)}`;
    } else {
      word = `${word ?? ''}${c}`;
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
