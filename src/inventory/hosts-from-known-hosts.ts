import {hostNameDefect} from './host-names.js';

/** The hosts a known_hosts file names, and how many of its names nobody can read. */
export interface KnownHostNames {
  /** As somebody would type them: `host` or `host:port`, each once. */
  readonly hosts: readonly string[];
  /** Lines whose names are hashed (HashKnownHosts). */
  readonly hashed: number;
}

/**
 * Names of a known_hosts file (sshd(8)): patterns, revoked keys and certificate authorities name no
 * host. Of a line with a name and an address, the name counts.
 */
export function hostsFromKnownHosts(text: string): KnownHostNames {
  const hosts = new Set<string>();
  let hashed = 0;
  for (const raw of text.split('\n')) {
    const [names = '', keyType, key] = raw.trim().split(/[ \t]+/);
    if (names === '' || /^[#@]/.test(names) || keyType === undefined || key === undefined) continue;
    if (names.startsWith('|')) {
      hashed += 1;
      continue;
    }
    const usable = names.split(',').flatMap((name) => typedForm(name) ?? []);
    const chosen = usable.find((name) => /[a-z]/i.test(name) && !name.includes('::')) ?? usable[0];
    if (chosen !== undefined) hosts.add(chosen);
  }
  return {hosts: [...hosts], hashed};
}

/** `[fw01]:2222` is typed fw01:2222; an IPv6 address keeps its brackets where a port follows. */
function typedForm(name: string): string | undefined {
  const [, inside, port] = /^\[([^\]]+)\]:(\d{1,5})$/.exec(name) ?? [];
  const host = inside ?? name;
  if (/[*?!]/.test(host) || hostNameDefect(host) !== undefined) return undefined;
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
