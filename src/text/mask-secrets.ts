/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/** Parts of a name, its separators left out, that make its value a secret wherever they stand. */
const TELLING =
  /passw|passphrase|passcode|secret|token|credential|authorization|bearer|apikey|accesskey|privkey|privatekey|authkey|setkey|wepkey|presharedkey/;
/** Words of a name that make its value a secret when they stand alone. */
const WORDS = /^(pwd?|pin|auth|keys?|creds?|community|shared|otp|salt)$/;
/** Words that announce a secret without any sign between. */
const ANNOUNCING = /^(password|passwd|passphrase|passcode|wepkey|psk|secret|token|pwd|bearer)$/;
/** Values that give nothing away: what switches are set to. */
const TRIVIAL = /^["']?(yes|no|true|false|on|off|none|auto|[0-9])["']?$/i;

// No pattern here may match a run of characters that can fail at its end: a host could make that
// take time by the square of what it sends. Texts are cut at single characters instead.
const END_OF_VALUE =
  /[ \t]-|[ \t][A-Za-z_][A-Za-z0-9_]*=|[ \t][;&|#]|;[ \t]|["'][ \t;#,})\]]|["']$/;

/**
 * The text without what people keep secret in arguments and settings: user information in URLs,
 * values of names and options that say they are secret (to the end of what could belong to them:
 * ps(1) does not show where an argument that holds blanks ends), and words that look like keys
 * whatever stands before them. Masks too much rather than too little.
 *
 * The functions of the same names in templates/collect/mask.sh do the same on the host; a test
 * holds the two together.
 */
export function maskSecrets(text: string): string {
  // Most texts have nothing that a mask could find.
  if (!/[=:$ \t]/.test(text) && text.length < 16) return text;
  if (clean.has(text)) return text;
  const masked = maskAnew(text);
  if (masked === text && text.length <= LONGEST_KEPT) {
    if (clean.size >= MOST_KEPT) clean.clear();
    clean.add(text);
  }
  return masked;
}

/**
 * Texts that had no secret: the hosts of a fleet mostly say the same. No host can make it grow
 * without end.
 */
const clean = new Set<string>();
const MOST_KEPT = 4000;
const LONGEST_KEPT = 512;

function maskAnew(text: string): string {
  const ofSnmp = text.includes('snmp');
  let rest = maskShapes(text);
  let done = '';
  for (;;) {
    const named = nextName(rest);
    if (named === undefined) break;
    done += rest.slice(0, named.end);
    rest = rest.slice(named.end);
    const length = named.name === '' ? 0 : secretLength(named, ofSnmp, rest);
    if (length === 0) continue;
    done += REDACTED;
    rest = rest.slice(length);
  }
  return maskKeys(done + rest);
}

interface Named {
  /** Up to the first separator, a quote between the two left out; may be empty. */
  readonly name: string;
  /** A run of blanks, = and :. */
  readonly separator: string;
  /** The character before the name. */
  readonly before: string;
  /** Where the separator ends. */
  readonly end: number;
}

function nextName(text: string): Named | undefined {
  const at = text.search(/[=: \t]/);
  if (at === -1) return undefined;
  const last = /["']/.test(text.charAt(at - 1)) ? at - 1 : at;
  let first = last;
  while (first > 0 && /[A-Za-z0-9_.-]/.test(text.charAt(first - 1))) first -= 1;
  let end = at;
  while (/[=: \t]/.test(text.charAt(end))) end += 1;
  return {
    name: text.slice(first, last),
    separator: text.slice(at, end),
    before: text.charAt(first - 1),
    end,
  };
}

/** Whether what a variable or an option of this name is set to is a secret. */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  if (lower.endsWith('_enable')) return false;
  if (TELLING.test(lower.replace(/[^a-z0-9]/g, ''))) return true;
  if (/^-*(set-)?cookies?$/.test(lower)) return true;
  const words = lower.replace(/^.*\./, '').split(/[^a-z]+/);
  return words.some(
    (word) =>
      WORDS.test(word) || (/(pass|pwd|psk)$/.test(word) && !/(by|com|sur|tres)pass$/.test(word)),
  );
}

/** What gives itself away by its shape alone. */
function maskShapes(text: string): string {
  const masked = text
    .replace(/[^ \t"']+/g, maskUser)
    .replace(/\$(1|2[abxy]?|5|6|7|y)\$[^ \t"':]+/g, REDACTED);
  return /mysql|maria|sshpass|7z/.test(text)
    ? masked.replace(/ -p[^ \t-][^ \t]*/g, ` -p${REDACTED}`)
    : masked;
}

/** User information: all of it in a URL, and whatever looks like user:password@ elsewhere. */
function maskUser(word: string): string {
  const [from, to] = [word.indexOf('://'), word.lastIndexOf('@')];
  if (to === -1) return word;
  const url = from !== -1 && to > from;
  const masked = url ? `${word.slice(0, from)}://${REDACTED}${word.slice(to)}` : word;
  const parts = masked.split('@');
  return parts.map((part, i) => (i === parts.length - 1 ? part : maskTail(part))).join('@');
}

/** What stands before an @, from the last slash on, when it is user:password. */
function maskTail(text: string): string {
  const from = text.lastIndexOf('/') + 1;
  const colon = text.indexOf(':', from);
  return colon === -1 || colon === text.length - 1 ? text : text.slice(0, from) + REDACTED;
}

/** How much of the rest is the secret this name announces; 0: none. */
function secretLength({name, separator, before}: Named, ofSnmp: boolean, rest: string): number {
  const option = name.startsWith('-');
  if (/[=:]/.test(separator)) return isSecretName(name) ? valueLength(rest) : 0;
  if (rest.startsWith('-')) return 0;
  if (/^(-[uU]|--user|--proxy-user)$/.test(name))
    return /^[^ \t:/]+:[^ \t]+/.exec(rest)?.[0].length ?? 0;
  if (/^-[pP]$/.test(name)) return valueLength(rest);
  if (name === '-c' && ofSnmp) return valueLength(rest);
  if (option) return isSecretName(name) ? valueLength(rest) : 0;
  if (/[/$@]/.test(before)) return 0;
  return ANNOUNCING.test(name.toLowerCase()) ? valueLength(rest) : 0;
}

function valueLength(rest: string): number {
  if (/^["'\\]*\[redacted\]/.test(rest)) return 0;
  const length = quotedLength(rest) || unquotedLength(rest);
  return TRIVIAL.test(rest.slice(0, length)) ? 0 : length;
}

/** How sh(1) writes a single quote inside single quotes. */
const QUOTE_IN_QUOTES = "'\\''";

/**
 * From a quote, perhaps escaped, to the one that closes it, and what is joined to that; 0: no
 * quote.
 */
function quotedLength(rest: string): number {
  if (rest.startsWith(QUOTE_IN_QUOTES)) {
    const end = rest.indexOf(QUOTE_IN_QUOTES, QUOTE_IN_QUOTES.length);
    return end === -1 ? rest.length : end + QUOTE_IN_QUOTES.length;
  }
  const escaped = rest.startsWith('\\') ? 1 : 0;
  const quote = rest.charAt(escaped);
  if (quote !== '"' && quote !== "'") return 0;
  for (let at = rest.indexOf(quote, escaped + 1); at !== -1; at = rest.indexOf(quote, at + 1)) {
    if (escaped === 0 && rest.charAt(at - 1) === '\\') continue;
    const joined = /^[^ \t"';,})\]]*/.exec(rest.slice(at + 1));
    return at + 1 + (joined?.[0].length ?? 0);
  }
  return rest.length;
}

function unquotedLength(rest: string): number {
  const end = END_OF_VALUE.exec(rest);
  return end === null ? rest.length : end.index;
}

/** Words that are keys by their look: known prefixes, and long ones that no person would write. */
function maskKeys(text: string): string {
  return text.replace(/[A-Za-z0-9+/=_-]+/g, (word) => (looksLikeKey(word) ? REDACTED : word));
}

function looksLikeKey(word: string): boolean {
  const {length} = word;
  if (length < 16) return false;
  if (/^(AKIA|ASIA)[0-9A-Z]/.test(word)) return true;
  if (length < 20) return false;
  if (/^(gh[opsur]_|github_pat_|glpat-|xox[abpr]-|sk[-_]|eyJ|hf_|npm_|AGE-SECRET-KEY)/.test(word))
    return true;
  if (length < 32 || /^[-/]/.test(word) || !/[0-9]/.test(word)) return false;
  return !/[^0-9a-f]/.test(word) || (/[A-Z]/.test(word) && /[a-z]/.test(word));
}
