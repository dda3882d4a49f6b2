import {existsSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Plugin} from '@oclif/core';

/**
 * Writes oclif.manifest.json, with which oclif loads only the command that runs instead of all of
 * them. Without compiled commands there is none.
 */
export async function writeManifest(root: string): Promise<void> {
  const file = join(root, 'oclif.manifest.json');
  // An old manifest would name commands that are gone.
  rmSync(file, {force: true});
  if (!existsSync(join(root, 'dist', 'commands'))) return;
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  // They come in the order in which they were loaded: two builds are to be the same.
  const commands = Object.fromEntries(
    Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(file, `${JSON.stringify({...plugin.manifest, commands}, undefined, 2)}\n`);
}
