import {mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Gives a practice host a folder of programs of its own, with some of them replaced by a shell
 * script. `bin` of a host is a link to the programs all hosts share: a file written through it
 * would be in the repository, and on every other host. Returns the folder that is shared.
 */
export function ownPrograms(root: string, scripts: Readonly<Record<string, string>>): string {
  const bin = join(root, 'bin');
  const shared = realpathSync(bin);
  rmSync(bin);
  mkdirSync(bin);
  for (const name of readdirSync(shared))
    if (scripts[name] === undefined) symlinkSync(join(shared, name), join(bin, name));
  // The programs find these two beside their own folder.
  for (const beside of ['sh', 'awk']) symlinkSync(join(shared, '..', beside), join(root, beside));
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, {mode: 0o755});
  return shared;
}
