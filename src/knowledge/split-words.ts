/**
 * A host may send anything; a command line longer than this is cut, and what follows is not looked
 * at.
 */
const LIMIT = 65_536;

/**
 * The words of a command line as ps(1) shows it: quoting is lost, so blanks are all there is to go
 * by.
 */
export function splitShown(text: string): readonly string[] {
  return text
    .slice(0, LIMIT)
    .split(/\s+/)
    .filter((word) => word !== '');
}

/**
 * The words of a flags variable of rc.conf, which rc.subr evaluates with the shell: quotes and
 * backslashes are taken away. `expands` is true where a variable or a command substitution stands
 * in it, whose value cannot be seen here.
 */
export function splitFlags(text: string): {
  readonly words: readonly string[];
  readonly expands: boolean;
} {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  let expands = false;
  const chars = text.slice(0, LIMIT);
  for (let i = 0; i < chars.length; i += 1) {
    const c = chars.charAt(i);
    if ((c === '$' || c === '`') && quote !== "'") expands = true;
    if (quote !== '' && c === quote) {
      quote = '';
    } else if (quote === '' && (c === '"' || c === "'")) {
      quote = c;
      word ??= '';
    } else if (c === '\\' && quote !== "'" && i + 1 < chars.length) {
      i += 1;
      word = (word ?? '') + chars.charAt(i);
    } else if (quote === '' && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== undefined) words.push(word);
  return {words, expands};
}
