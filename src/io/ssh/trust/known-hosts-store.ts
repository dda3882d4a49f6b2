import {open, readFile, stat} from 'node:fs/promises';
import {dirname} from 'node:path';

import {makeFolder} from '../../files/make-folder.js';
import {judgeHostKey} from './host-key-verdict.js';
import type {HostKeyVerdict, KnownNames} from './host-key-verdict.js';
import {KnownHostsIndex, parseKnownHosts} from './known-hosts.js';
import type {KnownKey} from './known-hosts.js';

/**
 * A known_hosts file that is there but cannot be read: nothing may be concluded from the others.
 */
export interface UnreadableFile {
  readonly file: string;
  readonly why: string;
}

/** The known_hosts files of a run: each read once, new keys appended one after the other. */
export class KnownHostsStore {
  private readonly files = new Map<string, Promise<KnownHostsIndex | UnreadableFile>>();
  private appending: Promise<unknown> = Promise.resolve();

  constructor(private readonly onWarning: (message: string) => void) {}

  /**
   * The files' indexes in order; a file that does not exist is an empty one, one that cannot be
   * read ends it all.
   */
  async load(paths: readonly string[]): Promise<readonly KnownHostsIndex[] | UnreadableFile> {
    const indexes: KnownHostsIndex[] = [];
    for (const path of paths) {
      const file = await this.file(path);
      if (!(file instanceof KnownHostsIndex)) return file;
      indexes.push(file);
    }
    return indexes;
  }

  /** The files are read anew when they are asked for next; keys that were added stand in them. */
  forget(): void {
    this.files.clear();
  }

  private file(path: string): Promise<KnownHostsIndex | UnreadableFile> {
    let file = this.files.get(path);
    if (file === undefined) {
      file = this.read(path);
      this.files.set(path, file);
    }
    return file;
  }

  private async read(path: string): Promise<KnownHostsIndex | UnreadableFile> {
    let text: string;
    try {
      const info = await stat(path);
      if (info.isDirectory() || info.isFIFO() || info.isSocket())
        return {file: path, why: 'it is not a regular file'};
      // UserKnownHostsFile /dev/null is a common way to say "none".
      text = info.isFile() ? await readFile(path, 'latin1') : '';
    } catch (error) {
      const {code, message} = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return new KnownHostsIndex([]);
      return {file: path, why: message};
    }
    const {keys, complaints} = parseKnownHosts(text, path);
    for (const {file, line, message, fix} of complaints)
      this.onWarning(`${file}:${line}: ${message}. ${fix}`);
    return new KnownHostsIndex(keys);
  }

  /**
   * Adds a host's key to a file, unless what was added meanwhile already decides about it.
   * @returns the verdict when something else decided; undefined when the key was stored
   * @throws when the file cannot be written
   */
  add(
    path: string,
    indexes: readonly KnownHostsIndex[],
    names: KnownNames,
    key: Pick<KnownKey, 'keyType' | 'key' | 'names'>,
  ): Promise<HostKeyVerdict | undefined> {
    const job = this.appending.then(async () => {
      const verdict = judgeHostKey(indexes, names, key.key);
      if (verdict.verdict !== 'unknown' && verdict.verdict !== 'authority-only') return verdict;
      await append(path, knownHostsLine(key));
      indexes[0]?.add({...key, file: path, line: 0, marker: 'none'});
      return undefined;
    });
    this.appending = job.catch(() => undefined);
    return job;
  }
}

/** A key as a line of known_hosts. */
export const knownHostsLine = ({
  keyType,
  key,
  names,
}: Pick<KnownKey, 'keyType' | 'key' | 'names'>): string =>
  `${namesField(names)} ${keyType} ${key.toString('base64')}`;

const namesField = (names: KnownKey['names']): string =>
  names.form === 'patterns'
    ? names.patterns.join(',')
    : `|1|${names.salt.toString('base64')}|${names.hash.toString('base64')}`;

/**
 * One write(2) in append mode, so that lines of several processes never mix; ssh(1) may write at
 * the same time.
 */
async function append(path: string, line: string): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, 'a+', 0o600);
  try {
    const {size} = await file.stat();
    const last = Buffer.alloc(1, '\n');
    if (size > 0) await file.read(last, 0, 1, size - 1);
    await file.write(Buffer.from(`${last.toString('latin1') === '\n' ? '' : '\n'}${line}\n`));
  } finally {
    await file.close();
  }
}
