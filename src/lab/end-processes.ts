import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';

/**
 * Ends every process that runs on a practice host of the fleet in `dir`: what daemon(8) started,
 * and what left the group of its command (timeout(1) does). They are known by their environment, so
 * nothing else is hit.
 */
export function endProcesses(dir: string): void {
  for (const [pid, environment] of environments()) {
    if (pid === process.pid) continue;
    if (!environment.includes(`ZBUFCTL_ROOT=${dir}/`) || !environment.includes('LAB_UID='))
      continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
}

/** The processes whose environment we may read, with it as text. */
function environments(): readonly (readonly [number, string])[] {
  if (process.platform !== 'linux') {
    const {stdout} = spawnSync('ps', ['-axewww', '-o', 'pid=,command='], {encoding: 'latin1'});
    return stdout.split('\n').map((line) => [Number.parseInt(line, 10), line] as const);
  }
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1)
    .map((pid) => {
      try {
        return [pid, readFileSync(`/proc/${pid}/environ`, 'latin1')] as const;
      } catch {
        // Gone, or somebody else's.
        return [pid, ''] as const;
      }
    });
}
