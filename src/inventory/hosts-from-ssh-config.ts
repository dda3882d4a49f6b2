import {hostNameDefect} from './host-names.js';
import {splitQuoted} from '../text/split-quoted.js';

/**
 * A host that ~/.ssh/config knows by name. Its settings stay there: ssh -G is asked for them at
 * connect time.
 */
export interface SshConfigHost {
  readonly name: string;
  /** HostName, when its own block gives one; for people. */
  readonly hostName?: string;
  /** 1-based line of the Host line. */
  readonly line: number;
}

export interface SshConfigHosts {
  readonly hosts: readonly SshConfigHost[];
  /** Arguments of Include lines, as written: the caller reads those files and asks again. */
  readonly includes: readonly string[];
}

/**
 * The names on the Host lines of an ssh_config that stand for one host each: no wildcards, no
 * negations, nothing that could not be an inventory name. Match blocks name no hosts.
 */
export function hostsFromSshConfig(text: string): SshConfigHosts {
  const hosts = new Map<string, SshConfigHost>();
  const includes: string[] = [];
  let block: readonly string[] = [];
  text.split('\n').forEach((whole, i) => {
    const line = whole.replace(/^\uFEFF/, '').trim();
    if (line === '' || line.startsWith('#')) return;
    const [, keyword = '', rest = ''] = /^([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
    const words = splitQuoted(rest) ?? [];
    switch (keyword.toLowerCase()) {
      case 'host':
        block = words.filter((word) => !/[*?!]/.test(word) && hostNameDefect(word) === undefined);
        for (const name of block) if (!hosts.has(name)) hosts.set(name, {name, line: i + 1});
        return;
      case 'match':
        block = [];
        return;
      case 'include':
        includes.push(...words);
        return;
      case 'hostname':
        for (const name of block) setHostName(hosts, name, words[0]);
        return;
    }
  });
  return {hosts: [...hosts.values()], includes};
}

/** The first value wins, as in ssh_config(5). */
function setHostName(
  hosts: Map<string, SshConfigHost>,
  name: string,
  hostName: string | undefined,
): void {
  const known = hosts.get(name);
  if (known !== undefined && known.hostName === undefined && hostName !== undefined)
    hosts.set(name, {...known, hostName});
}
