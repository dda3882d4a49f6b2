import {spawnSync} from 'node:child_process';
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

import type {Release} from './machine.js';
import type {Lab} from './start-lab.js';
import {LAB_FILES} from './start-lab.js';

export const STATE_FILE = 'lab.json';
export const LOG_FILE = 'log';

/** What stands in a lab's folder about it; the whole document is what `lab list --json` prints. */
export interface LabState {
  readonly schema: 'zbufctl.lab/1';
  readonly pid: number;
  /** Tells this process from a later one with the same pid. */
  readonly process: string;
  readonly startedAt: string;
  readonly inventory: string;
  readonly hosts: readonly LabStateHost[];
}

export interface LabStateHost {
  readonly name: string;
  readonly scenario: string;
  readonly release: Release;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyFingerprint: string;
  /** The folder that stands for its `/`. */
  readonly root: string;
}

/**
 * The start time of a process as the system tells it; undefined when there is no such process, or
 * only what is left of one that nobody has waited for (containers often have no init that does).
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxIdentity(pid);
  const {stdout} = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'latin1',
  });
  const [state, ...started] = stdout.trim().split(/\s+/);
  return state === undefined || state === '' || state.startsWith('Z')
    ? undefined
    : started.join(' ');
}

function linuxIdentity(pid: number): string | undefined {
  try {
    // After the command, which may hold anything but ends with the last parenthesis: the state, and
    // 19 on the start.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Written before anything else is, so that a lab that dies while it starts is recognised, too. */
export function writeState(
  dir: string,
  lab: Pick<Lab, 'hosts' | 'inventoryPath'>,
  startedAt: string,
): void {
  const state: LabState = {
    schema: 'zbufctl.lab/1',
    pid: process.pid,
    process: processIdentity(process.pid) ?? '',
    startedAt,
    inventory: lab.inventoryPath,
    hosts: lab.hosts.map(
      ({name, scenario, release, address, port, user, hostKeyFingerprint, root}) => ({
        name,
        scenario,
        release,
        address,
        port,
        user,
        hostKeyFingerprint,
        root,
      }),
    ),
  };
  const fresh = join(dir, `${STATE_FILE}.${process.pid}`);
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, {mode: 0o600});
  renameSync(fresh, join(dir, STATE_FILE));
}

/**
 * The state of the lab in `dir`; `none` when there is none, `foreign` when the folder holds
 * something else.
 */
export function readState(dir: string): LabState | 'none' | 'foreign' {
  let text;
  try {
    text = readFileSync(join(dir, STATE_FILE), 'utf8');
  } catch {
    return !existsSync(dir) || readdirSync(dir).length === 0 ? 'none' : 'foreign';
  }
  try {
    const state = JSON.parse(text) as Partial<LabState>;
    if (state.schema === 'zbufctl.lab/1' && Number.isSafeInteger(state.pid))
      return state as LabState;
  } catch {
    // Not ours.
  }
  return 'foreign';
}

/** False for a stale lab: its process was killed. */
export const isRunning = (state: LabState): boolean =>
  state.pid > 1 && state.process !== '' && processIdentity(state.pid) === state.process;

/** Removes what a lab wrote, and the folder when nothing else is in it. */
export function removeLab(dir: string): void {
  for (const name of [...Object.values(LAB_FILES), LOG_FILE, STATE_FILE]) {
    rmSync(join(dir, name), {recursive: true, force: true});
  }
  try {
    rmdirSync(dir);
  } catch {
    // Something of somebody else's is in it, or it is gone.
  }
}
