import {globMatches} from '../../text/glob.js';
import {keyTypeOf} from './sshsig-format.js';

/** One line of an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  readonly line: number;
  /**
   * Patterns with `*`; one that begins with `!` takes back what the others allow. A line with `?`
   * is a problem.
   */
  readonly principals: readonly string[];
  /** Namespaces it may sign for; empty: any. */
  readonly namespaces: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validAfter?: number;
  readonly validBefore?: number;
  /** The public key in wire format. */
  readonly publicKey: Buffer;
}

export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[];
  /** Lines that were not understood, so that a typo does not look like a stranger's key. */
  readonly problems: readonly string[];
}

/** Reads an allowed_signers file. Lines it does not understand are told, never half taken. */
export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const problems: string[] = [];
  text.split('\n').forEach((raw, i) => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const read = parseLine(trimmed, i + 1);
    if (typeof read === 'string') problems.push(`line ${i + 1}: ${read}`);
    else signers.push(read);
  });
  return {signers, problems};
}

/**
 * Whose key this is: the principals of the first line that has it and allows the namespace at that
 * time.
 * @param identity when given, only lines for this principal count
 */
export function principalsOf(
  {signers}: AllowedSigners,
  publicKey: Buffer,
  want: {readonly namespace: string; readonly at: number; readonly identity?: string},
): readonly string[] | {readonly problem: string} {
  const lines = signers.filter((s) => s.publicKey.equals(publicKey));
  if (lines.length === 0) return {problem: 'the key is in no line of the allowed signers'};
  const forWhom = lines.filter(
    (s) => want.identity === undefined || listMatches(s.principals, want.identity),
  );
  if (forWhom.length === 0)
    return {problem: `the key is not allowed for ${JSON.stringify(want.identity)}`};
  const forWhat = forWhom.filter(
    (s) => s.namespaces.length === 0 || listMatches(s.namespaces, want.namespace),
  );
  if (forWhat.length === 0)
    return {problem: `the key is not allowed to sign for ${want.namespace}`};
  const inTime = forWhat.find(
    (s) => (s.validAfter ?? -Infinity) <= want.at && want.at <= (s.validBefore ?? Infinity),
  );
  return inTime?.principals ?? {problem: 'the key is not valid at this time'};
}

/**
 * As match_pattern_list of OpenSSH: a negated pattern that matches wins over all others, wherever
 * it stands.
 */
function listMatches(patterns: readonly string[], text: string): boolean {
  const negated = patterns.filter((p) => p.startsWith('!'));
  if (negated.some((p) => globMatches(p.slice(1), text))) return false;
  return patterns.some((p) => !p.startsWith('!') && globMatches(p, text));
}

function parseLine(text: string, line: number): AllowedSigner | string {
  const words = splitWords(text);
  if (words === undefined) return 'a quote is not closed';
  const at = words.findIndex((w, i) => i > 0 && /^(ssh-|ecdsa-|sk-)/.test(w) && !w.includes('='));
  const [principals, base64] = [words[0], words[at + 1]];
  if (principals === undefined || at === -1 || base64 === undefined)
    return 'it has no principals, or no key';
  if (principals.includes('?')) return 'patterns with ? are not supported';

  const options = parseOptions(words.slice(1, at).join(','));
  if (typeof options === 'string') return options;
  if (options.namespaces.some((n) => n.includes('?'))) return 'patterns with ? are not supported';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return 'its key is not base64';
  const publicKey = Buffer.from(base64, 'base64');
  if (keyTypeOf(publicKey) !== words[at]) return 'its key is not of the type it says';
  return {line, principals: unquote(principals).split(','), publicKey, ...options};
}

/** Words between blanks; quotes keep blanks together and stay in the word. */
function splitWords(text: string): string[] | undefined {
  const quotes = text.replaceAll('\\"', '').split('"').length - 1;
  return quotes % 2 === 0 ? (text.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? []) : undefined;
}

const unquote = (text: string): string => text.replaceAll(/^"|"$/g, '');

type Options = Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'>;

function parseOptions(text: string): Options | string {
  let namespaces: readonly string[] = [];
  const times: {validAfter?: number; validBefore?: number} = {};
  const seen = new Set<string>();
  for (const option of text.match(/[^,"]+(?:"[^"]*")?/g) ?? []) {
    const name = (option.split('=')[0] ?? '').toLowerCase();
    if (seen.has(name)) return `the option ${JSON.stringify(name.slice(0, 40))} stands there twice`;
    seen.add(name);
    const value = unquote(option.slice(option.indexOf('=') + 1));
    if (name === 'namespaces') namespaces = value.split(',');
    else if (name === 'valid-after' || name === 'valid-before') {
      const time = parseTime(value);
      if (time === undefined) return `${name} is not a time: ${value}`;
      times[name === 'valid-after' ? 'validAfter' : 'validBefore'] = time;
    } else if (name === 'cert-authority') return 'certificates are not supported';
    else return `the option ${JSON.stringify(name.slice(0, 40))} is not known`;
  }
  if (seen.has('namespaces') && namespaces.every((n) => n === '')) return 'namespaces names none';
  const {validAfter, validBefore} = times;
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter)
    return 'valid-before is not later than valid-after';
  return {namespaces, ...times};
}

/** YYYYMMDD or YYYYMMDDHHMM[SS], local time unless it ends in Z (ssh-keygen(1)). */
function parseTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z)?$/.exec(text);
  if (match === null) return undefined;
  const [, y, mo, d, h = '0', mi = '0', s = '0', zulu] = match;
  const parts = [Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)] as const;
  // Month 13 would be January of the next year: a date that does not come back as it was written is
  // none.
  const date = new Date(Date.UTC(...parts));
  const back = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  if (back.some((part, i) => part !== parts[i])) return undefined;
  return zulu === undefined ? new Date(...parts).getTime() : date.getTime();
}
