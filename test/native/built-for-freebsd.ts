import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';

const execute = promisify(execFile);

/** SHA256SUMS is written last. The lock ends with the shell; without flock(1) two may build. */
const ONCE = `mkdir -p native/build && exec 9>native/build/freebsd.lock || exit
! command -v flock >/dev/null || flock 9
[ -e "$0/SHA256SUMS" ] || sh native/build-freebsd.sh "$0"`;

/**
 * A folder of what native/build-freebsd.sh makes of these sources with this compiler: six seconds
 * of CPU, so that all tests share it. Nothing may be written there.
 */
export async function builtForFreebsd(): Promise<string> {
  const {stdout: compiler} = await execute('clang', ['--version']);
  const folder = resolve('native/build', `freebsd-${digest(compiler)}`);
  await execute('sh', ['-c', ONCE, folder]);
  return folder;
}

function digest(compiler: string): string {
  const hash = createHash('sha256').update(compiler);
  for (const room of ['native', 'native/freestanding', 'native/mode'])
    for (const name of readdirSync(room).sort())
      if (/\.(?:[chS]|sh)$/.test(name))
        hash.update(`${room}/${name}\0`).update(readFileSync(join(room, name)));
  return hash.digest('hex').slice(0, 16);
}
