import type {KnownHostsIndex, KnownKey} from './known-hosts.js';

/** What known_hosts says of the key a host has shown. Only `trusted` lets anybody in. */
export type HostKeyVerdict =
  | {readonly verdict: 'trusted'; readonly by: KnownKey}
  | {readonly verdict: 'revoked'; readonly by: KnownKey}
  | {readonly verdict: 'changed'; readonly known: readonly KnownKey[]}
  | {readonly verdict: 'authority-only'; readonly by: KnownKey}
  | {readonly verdict: 'unknown'};

/** The names a host may stand under in known_hosts. */
export interface KnownNames {
  /** `host` on port 22, else `[host]:port`; or the HostKeyAlias. */
  readonly name: string;
  /**
   * The plain name when `name` has a port: ssh(1) takes a matching key from there, too, but never
   * an alarm.
   */
  readonly withoutPort?: string;
}

export function knownNames(host: string, port: number, alias: string | undefined): KnownNames {
  if (alias !== undefined) return {name: alias};
  return port === 22 ? {name: host} : {name: `[${host}]:${port}`, withoutPort: host};
}

/**
 * Judges a key. Stricter than ssh(1) in one point: a host known by one type of key that shows
 * another type is `changed`, not `unknown`, so that accepting new hosts never accepts a new key for
 * a known one.
 */
export function judgeHostKey(
  indexes: readonly KnownHostsIndex[],
  names: KnownNames,
  key: Buffer,
): HostKeyVerdict {
  const main = indexes.flatMap((index) => index.find(names.name));
  const aside =
    names.withoutPort === undefined
      ? []
      : indexes.flatMap((index) => index.find(names.withoutPort ?? ''));
  const all = [...main, ...aside];

  const revoked = all.find((k) => k.marker === 'revoked' && k.key.equals(key));
  if (revoked !== undefined) return {verdict: 'revoked', by: revoked};
  const trusted = all.find((k) => k.marker === 'none' && k.key.equals(key));
  if (trusted !== undefined) return {verdict: 'trusted', by: trusted};
  const known = main.filter((k) => k.marker === 'none');
  if (known.length > 0) return {verdict: 'changed', known};
  const authority = all.find((k) => k.marker === 'cert-authority');
  if (authority !== undefined) return {verdict: 'authority-only', by: authority};
  return {verdict: 'unknown'};
}

/**
 * What ssh2 negotiates for each type of key; RSA only with SHA-2. The order is our preference for
 * unknown hosts.
 */
const SIGNATURES: readonly (readonly [type: string, algorithms: readonly string[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
];

export const canNegotiate = (keyType: string): boolean =>
  SIGNATURES.some(([type]) => type === keyType);

/**
 * Host key algorithms to offer: those of the keys known for the host first. Otherwise a host known
 * by its ed25519 key could show its RSA key, and an honest host would look like a changed one.
 */
export function hostKeyAlgorithms(
  indexes: readonly KnownHostsIndex[],
  names: KnownNames,
): string[] {
  const types = (name: string): string[] =>
    indexes
      .flatMap((index) => index.find(name))
      .filter((key) => key.marker === 'none')
      .map((key) => key.keyType);
  const main = types(names.name);
  const known = new Set(main.length > 0 ? main : types(names.withoutPort ?? names.name));
  const ordered = [
    ...SIGNATURES.filter(([type]) => known.has(type)),
    ...SIGNATURES.filter(([type]) => !known.has(type)),
  ];
  return ordered.flatMap(([, algorithms]) => algorithms);
}
