import type {OptionGrammar} from '../model/service.js';

/** What a command line says about its options. */
export interface ParsedOptions {
  /**
   * Options certainly given, as `-n` or `--name`, with the arguments they were given ('' for none).
   */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /**
   * Options that may be given: letters of a word we cannot tell apart, or words after an option we
   * do not know.
   */
  readonly doubtful: ReadonlySet<string>;
  /** The command line could not be seen, or not in full: any option may be given besides. */
  readonly open: boolean;
}

export const NOTHING_SEEN: ParsedOptions = {given: new Map(), doubtful: new Set(), open: true};

/** Collects options while a command line is read from left to right. */
class Findings {
  readonly given = new Map<string, string[]>();
  readonly doubtful = new Set<string>();
  /** False once an option we do not know was met: what follows may be its argument. */
  sure = true;

  add(option: string, argument = ''): void {
    if (!this.sure) {
      this.doubtful.add(option);
      return;
    }
    const seen = this.given.get(option);
    if (seen === undefined) this.given.set(option, [argument]);
    else seen.push(argument);
  }

  /** A word read as if each of its letters, and the word itself, might be an option. */
  doubt(word: string): void {
    const name = nameOf(word);
    this.doubtful.add(name);
    if (!word.startsWith('--')) for (const letter of word.slice(1)) this.doubtful.add(`-${letter}`);
  }
}

/**
 * Reads the words after the program's name. Never throws; what cannot be told apart becomes
 * doubtful, so that a condition on it is neither met nor refuted.
 */
export function parseOptions(words: readonly string[], grammar?: OptionGrammar): ParsedOptions {
  const found = new Findings();
  if (grammar === undefined) guess(words, found);
  else if (grammar.style === 'words') readWords(words, grammar, found);
  else readGetopt(words, grammar, found);
  return {given: found.given, doubtful: found.doubtful, open: false};
}

const isOption = (word = ''): boolean => word.length > 1 && word.startsWith('-');

const nameOf = (word: string): string => word.split('=', 1)[0] ?? word;
const valueOf = (word: string): string =>
  word.includes('=') ? word.slice(word.indexOf('=') + 1) : '';

/** getopt(3) and getopt_long(3) of FreeBSD. */
function readGetopt(words: readonly string[], grammar: OptionGrammar, found: Findings): void {
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (!found.sure) {
      if (isOption(word)) found.doubt(word);
      continue;
    }
    if (word === '--') return;
    if (!isOption(word)) {
      // getopt(3) ends here; getopt_long(3) of FreeBSD goes on unless the string begins with '+'.
      if (grammar.style === 'getopt' || grammar.short.startsWith('+')) return;
      continue;
    }
    const long = grammar.style === 'getopt-long' && word.startsWith('--');
    if (
      long
        ? readLong(word, words[i + 1], grammar, found)
        : readCluster(word, words[i + 1], grammar, found)
    )
      i += 1;
  }
}

/**
 * One `--name`, `--name=value` or `--name value`. @returns whether the next word was its argument
 */
function readLong(
  word: string,
  next: string | undefined,
  grammar: OptionGrammar,
  found: Findings,
): boolean {
  const name = nameOf(word);
  const takes = grammar.long[name];
  if (takes === undefined) {
    found.add(name, valueOf(word));
    // getopt_long(3) takes an abbreviation, but the grammar may not have every name.
    for (const known of Object.keys(grammar.long))
      if (known.startsWith(name)) found.doubtful.add(known);
    if (!word.includes('=') && isOption(next)) found.sure = false;
    return false;
  }
  const separate = takes === 'required' && !word.includes('=');
  found.add(name, separate ? (next ?? '') : valueOf(word));
  return separate;
}

/**
 * One word of short options, e.g. `-nni` before `lo0`, `-s0`, `-in`. @returns whether the next word
 * was an argument
 */
function readCluster(
  word: string,
  next: string | undefined,
  grammar: OptionGrammar,
  found: Findings,
): boolean {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const place = letter === ':' || letter === '+' ? -1 : grammar.short.indexOf(letter);
    if (place === -1) {
      // Whether it takes an argument is not known: neither is what the rest of the line means.
      found.doubt(`-${word.slice(at)}`);
      found.sure = false;
      return false;
    }
    if (grammar.short.charAt(place + 1) !== ':') {
      found.add(`-${letter}`);
      continue;
    }
    const rest = word.slice(at + 1);
    const inWordOnly = grammar.short.charAt(place + 2) === ':';
    const separate = rest === '' && !inWordOnly;
    found.add(`-${letter}`, separate ? (next ?? '') : rest);
    return separate;
  }
  return false;
}

/** Whole words, compared as they are. */
function readWords(words: readonly string[], grammar: OptionGrammar, found: Findings): void {
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (!isOption(word)) continue;
    const takes = grammar.long[word];
    const next = words[i + 1];
    found.add(word, takes === 'required' ? (next ?? '') : '');
    if (takes === 'required') i += 1;
    else if (takes === undefined && isOption(next)) found.sure = false;
  }
}

/**
 * Nothing is known of the program's options: a plain `-x` or `--name` counts, the letters of a
 * longer word may.
 */
function guess(words: readonly string[], found: Findings): void {
  for (const [i, word] of words.entries()) {
    if (word === '--') return;
    if (!isOption(word)) continue;
    const next = words[i + 1];
    const value = word.includes('=') ? valueOf(word) : isOption(next) ? '' : (next ?? '');
    found.add(nameOf(word), value);
    if (!word.startsWith('--') && word.length > 2) found.doubt(word);
  }
}
