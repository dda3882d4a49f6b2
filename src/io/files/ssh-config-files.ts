import {readdir} from 'node:fs/promises';
import {join} from 'node:path';

import {readInputFile} from './input-file.js';

/** What a reader finds in one file (src/inventory/hosts-from-ssh-config.ts). */
interface Found<H> {
  readonly hosts: readonly H[];
  readonly includes: readonly string[];
}

/** As in ssh (readconf.c, READCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;
const MAX_FILES = 500;

/**
 * The hosts `~/.ssh/config` and the files it includes name, each name once. A file that is not
 * there or cannot be read has none, as for ssh itself.
 */
export async function readSshConfigHosts<H extends {readonly name: string}>(
  homeDirectory: string,
  find: (text: string) => Found<H>,
): Promise<readonly H[]> {
  const folder = join(homeDirectory, '.ssh');
  const hosts = new Map<string, H>();
  const seen = new Set<string>();
  const visit = async (path: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH || seen.size >= MAX_FILES || seen.has(path)) return;
    seen.add(path);
    const file = await readInputFile(path);
    if (!file.ok) return;
    const found = find(file.value.text);
    for (const host of found.hosts) if (!hosts.has(host.name)) hosts.set(host.name, host);
    for (const include of found.includes) {
      for (const included of await matching(absolute(include, folder, homeDirectory)))
        await visit(included, depth + 1);
    }
  };
  await visit(join(folder, 'config'), 0);
  return [...hosts.values()];
}

/** ssh_config(5): relative paths of a user's Include are in ~/.ssh. */
function absolute(path: string, folder: string, homeDirectory: string): string {
  if (path.startsWith('~/')) return join(homeDirectory, path.slice(2));
  return path.startsWith('/') ? path : join(folder, path);
}

/** Files that match a glob (* and ?), part by part, in the order of their names. */
async function matching(pattern: string): Promise<readonly string[]> {
  let paths = ['/'];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    if (!/[*?]/.test(part)) {
      paths = paths.map((path) => join(path, part));
      continue;
    }
    const source = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.');
    const expression = new RegExp(`^(?!\\.)${source}$`);
    const found: string[] = [];
    for (const path of paths) {
      const names = await readdir(path).catch(() => []);
      found.push(
        ...names
          .filter((name) => expression.test(name))
          .sort()
          .map((name) => join(path, name)),
      );
    }
    paths = found.slice(0, MAX_FILES);
  }
  return paths;
}
