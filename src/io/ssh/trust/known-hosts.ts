import {createHmac} from 'node:crypto';

import type {Complaint} from '../../../model/host.js';
import {keyTypeOf, WireReader} from '../../signing/sshsig-format.js';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownKey {
  readonly file: string;
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly names: HostNames;
  /** e.g. ssh-ed25519; for RSA always ssh-rsa, whatever the signature algorithm. */
  readonly keyType: string;
  /** The key in SSH wire format. */
  readonly key: Buffer;
}

export type HostNames =
  | {readonly form: 'hashed'; readonly salt: Buffer; readonly hash: Buffer}
  | {readonly form: 'patterns'; readonly patterns: readonly string[]};

/**
 * Reads a known_hosts file. A line that is not understood vouches for nobody: it becomes a
 * complaint and is left out. Never throws.
 */
export function parseKnownHosts(
  text: string,
  file: string,
): {keys: KnownKey[]; complaints: Complaint[]} {
  const keys: KnownKey[] = [];
  const complaints: Complaint[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const parsed = parseLine(line, file, index + 1);
    if (typeof parsed !== 'string') keys.push(parsed);
    else
      complaints.push({
        file,
        line: index + 1,
        message: parsed,
        fix: 'Correct or remove the line; until then it is ignored.',
      });
  }
  return {keys, complaints};
}

function parseLine(line: string, file: string, number: number): KnownKey | string {
  const fields = line.split(/[ \t]+/);
  let marker: KnownKey['marker'] = 'none';
  if (fields[0]?.startsWith('@') === true) {
    const word = fields.shift();
    if (word === '@revoked') marker = 'revoked';
    else if (word === '@cert-authority') marker = 'cert-authority';
    else return `the marker ${word ?? ''} is not known`;
  }
  const [hosts, keyType, encoded] = fields;
  if (hosts === undefined || keyType === undefined || encoded === undefined)
    return 'the line has fewer than three fields (names, key type, key)';

  const names = parseNames(hosts);
  if (typeof names === 'string') return names;
  const key = decodeKey(keyType, encoded);
  if (typeof key === 'string') return key;
  return {file, line: number, marker, names, keyType, key};
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Length of SHA-1, the only hash the |1| form has. */
const HASH_LENGTH = 20;

function parseNames(field: string): HostNames | string {
  if (!field.startsWith('|')) {
    const patterns = field.split(',').filter((pattern) => pattern !== '');
    return patterns.length === 0 ? 'the line names no host' : {form: 'patterns', patterns};
  }
  const [, magic, saltText, hashText, ...rest] = field.split('|');
  if (magic !== '1' || saltText === undefined || hashText === undefined || rest.length > 0)
    return 'the hashed name is not in the form |1|salt|hash';
  const [salt, hash] = [saltText, hashText].map((part) =>
    BASE64.test(part) ? Buffer.from(part, 'base64') : Buffer.alloc(0),
  );
  if (salt?.length !== HASH_LENGTH || hash?.length !== HASH_LENGTH)
    return 'the salt or hash of the hashed name is damaged';
  return {form: 'hashed', salt, hash};
}

function decodeKey(keyType: string, encoded: string): Buffer | string {
  if (!BASE64.test(encoded)) return 'the key is not base64';
  const key = Buffer.from(encoded, 'base64');
  if (keyTypeOf(key) !== keyType) return `the key is not of type ${keyType}, which the line says`;
  // Every plain public key is a row of strings; a certificate or a truncated key is not.
  const reader = new WireReader(key, 0);
  let strings = 0;
  while (!reader.atEnd()) {
    if (reader.string() === undefined) return 'the key is cut short or damaged';
    strings++;
  }
  return strings < 2 ? 'the key is cut short' : key;
}

/** The keys of one known_hosts file, found by name without comparing with each line. */
export class KnownHostsIndex {
  private readonly exact = new Map<string, KnownKey[]>();
  private readonly others: KnownKey[] = [];
  /** Hashed lines cost a hash each; every host is looked up several times. */
  private readonly found = new Map<string, KnownKey[]>();

  constructor(keys: readonly KnownKey[]) {
    for (const key of keys) this.add(key);
  }

  add(key: KnownKey): void {
    for (const [name, keys] of this.found) if (namesMatch(key.names, name)) keys.push(key);
    if (key.names.form === 'hashed' || key.names.patterns.some((p) => /[*?!]/.test(p))) {
      this.others.push(key);
      return;
    }
    for (const pattern of new Set(key.names.patterns.map((p) => p.toLowerCase()))) {
      const list = this.exact.get(pattern);
      if (list === undefined) this.exact.set(pattern, [key]);
      else list.push(key);
    }
  }

  /**
   * The lines about a host, in the order of the file. `name` as known_hosts has it: `host`, or
   * `[host]:port`.
   */
  find(name: string): readonly KnownKey[] {
    const lower = name.toLowerCase();
    let found = this.found.get(lower);
    if (found === undefined) {
      const others = this.others.filter((key) => namesMatch(key.names, lower));
      found = [...(this.exact.get(lower) ?? []), ...others].sort((a, b) => a.line - b.line);
      this.found.set(lower, found);
    }
    return found;
  }
}

/** Whether a known_hosts line is about `name`, which is in lower case. */
export function namesMatch(names: HostNames, name: string): boolean {
  if (names.form === 'hashed')
    return createHmac('sha1', names.salt).update(name).digest().equals(names.hash);
  // A negated pattern that matches rules the line out, wherever it stands (ssh_config(5),
  // PATTERNS).
  if (names.patterns.some((p) => p.startsWith('!') && globMatches(p.slice(1).toLowerCase(), name)))
    return false;
  return names.patterns.some((p) => !p.startsWith('!') && globMatches(p.toLowerCase(), name));
}

/**
 * `*` any number of characters, `?` exactly one; nothing else is special. Time is at most pattern x
 * text.
 */
function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let starAt = -1;
  let resume = 0;
  for (let i = 0; i < text.length;) {
    if (at < pattern.length && pattern[at] === '*') {
      starAt = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[i])) {
      at++;
      i++;
    } else if (starAt >= 0) {
      at = starAt + 1;
      i = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
