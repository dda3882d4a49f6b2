import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Ends what daemon(8) of a practice host started and what still runs of it. */
export function endDaemons(root: string): void {
  for (const pid of daemonsOf(root)) {
    // The number may be another process's by now.
    if (!environmentOf(pid).includes(`ZBUFCTL_ROOT=${root}`)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
}

function daemonsOf(root: string): readonly number[] {
  try {
    const list = readFileSync(join(root, '.lab/daemons'), 'utf8');
    return list
      .split('\n')
      .map(Number)
      .filter((pid) => Number.isSafeInteger(pid) && pid > 1);
  } catch {
    return [];
  }
}

/** A process's environment as text; '' when it is gone or not ours. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // No such process, or no /proc (FreeBSD).
  }
  if (process.platform === 'linux') return '';
  return spawnSync('ps', ['-ww', '-e', '-o', 'command', '-p', String(pid)], {encoding: 'latin1'}).stdout;
}
