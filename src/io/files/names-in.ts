import {readdir} from 'node:fs/promises';

/** The names in a folder; one that cannot be read has none. */
export const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch(() => []);

/** The same with which of them are folders. */
export async function listFolder(
  folder: string,
): Promise<readonly {readonly name: string; readonly isFolder: boolean}[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
  return entries.map((entry) => ({name: entry.name, isFolder: entry.isDirectory()}));
}
