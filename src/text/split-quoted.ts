/**
 * Splits a line into words as shlex (Python) does: quotes group and disappear, a backslash takes
 * the next character as it is (inside double quotes only before " and \). `undefined`: a quote is
 * never closed.
 *
 * @param comments whether a # outside quotes, also one inside a word, ends the line
 *   (`shlex.split(comments=True)`, which Ansible uses for host lines and not for ssh arguments)
 */
export function splitQuoted(
  line: string,
  {comments = false}: {readonly comments?: boolean} = {},
): readonly string[] | undefined {
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
    } else if (comments && c === '#') {
      break;
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
