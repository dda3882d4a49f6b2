import {execFile} from 'node:child_process';
import {chmod, copyFile, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('openpam/su.c', import.meta.url));

/** A su that reads as FreeBSD's does (openpam/su.c), in a folder of its own. */
export interface OpenPamSu {
  /**
   * What a server must be told, so that the command zbufctl sends finds this su before the
   * machine's own.
   */
  readonly config: readonly string[];
}

/**
 * Builds the stand-in; root's password and login shell are as given. Linux only (it looks into
 * /proc).
 */
export async function openPamSu(
  folder: string,
  password: string,
  shell: string,
): Promise<OpenPamSu> {
  const bin = join(folder, 'bin');
  await mkdir(bin, {recursive: true});
  const source = join(folder, 'su.c');
  await copyFile(SOURCE, source);
  await run('gcc', ['-Wall', '-Wextra', '-Werror', '-o', join(bin, 'su'), source]);
  await writeFile(join(bin, 'password'), `${password}\n`, {mode: 0o600});
  await writeFile(join(bin, 'shell'), `${shell}\n`);
  await chmod(join(bin, 'su'), 0o4755);
  const wrapper = join(folder, 'with-su');
  await writeFile(
    wrapper,
    `#!/bin/sh\nexec /bin/sh -c "$(printf '%s\\n' "$SSH_ORIGINAL_COMMAND" | sed 's|PATH=|PATH=${bin}:|')"\n`,
    {mode: 0o755},
  );
  await chmod(folder, 0o755);
  return {config: [`ForceCommand ${wrapper}`]};
}
