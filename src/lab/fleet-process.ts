import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdirSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import {OperatorError} from '../model/operator-error.js';

import {endProcesses} from './end-processes.js';
import type {LabState} from './lab-state.js';
import {LOG_FILE, isRunning, readState, removeLab, writeState} from './lab-state.js';
import {packageRoot} from './package-root.js';
import type {HostRequest} from './scenarios.js';
import type {Lab} from './start-lab.js';
import {startLab} from './start-lab.js';

/** What the process of a fleet is told on stdin. */
export interface ServeRequest {
  readonly dir: string;
  readonly hosts: readonly HostRequest[];
}

/** Milliseconds a fleet gets to come up, and to go down before it is killed. */
const PATIENCE_MS = 60_000;
const GOODBYE_MS = 5_000;
/** Milliseconds between two hosts whose files are made before anybody asks. */
const FILLING_PAUSE_MS = 20;

/** The program that holds a fleet; always the compiled one, also when tests run the sources. */
const serveProgram = (): string => join(packageRoot(), 'dist', 'src', 'lab', 'serve.js');

/**
 * Makes `dir` free for a new fleet. What a killed one left is removed; `onStale` is told so.
 *
 * @throws OperatorError when a fleet runs there, or the folder holds something that is not a
 *   fleet's
 */
export function claimFolder(dir: string, onStale: (state: LabState) => void): void {
  const state = readState(dir);
  if (state === 'none') return;
  if (state === 'foreign') {
    throw new OperatorError(
      `${dir} is not empty and holds no practice fleet`,
      'Give an empty or new folder with --dir.',
    );
  }
  if (isRunning(state)) {
    throw new OperatorError(
      `a practice fleet of ${state.hosts.length} hosts runs in ${dir} (pid ${state.pid})`,
      'Stop it with zbufctl lab down, or start another one with --dir.',
    );
  }
  onStale(state);
  clear(dir);
}

/** Starts a fleet in a process of its own and returns when it answers. */
export async function startFleet(request: ServeRequest): Promise<LabState> {
  mkdirSync(request.dir, {recursive: true, mode: 0o700});
  const log = openSync(join(request.dir, LOG_FILE), 'a', 0o600);
  const child = spawn(process.execPath, [serveProgram(), request.dir], {
    detached: true,
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  const {stdin, stdout} = child;
  if (stdin === null || stdout === null) throw new Error('pipes were asked for');
  stdin.on('error', () => undefined);
  stdin.end(JSON.stringify(request));
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  await Promise.race([
    once(stdout, 'data', {signal: timeout}),
    once(child, 'exit', {signal: timeout}),
  ]).catch(() => undefined);
  stdout.destroy();
  child.unref();
  const state = readState(request.dir);
  if (typeof state !== 'string' && state.pid === child.pid && isRunning(state)) return state;
  child.kill('SIGKILL');
  const why = readFileSync(join(request.dir, LOG_FILE), 'utf8').trim();
  removeLab(request.dir);
  throw new Error(`the practice fleet did not start: ${why === '' ? 'it said nothing' : why}`);
}

/**
 * Runs a fleet in this process until it is told to stop; the caller says when by resolving `stop`.
 * Its files stay: `stopFleet` of another process removes them, or `discardFleet` of this one.
 */
export async function runFleet(
  request: ServeRequest,
  stop: Promise<unknown>,
  onReady: (lab: Lab) => void,
): Promise<void> {
  const startedAt = new Date().toISOString();
  mkdirSync(request.dir, {recursive: true, mode: 0o700});
  writeState(request.dir, {hosts: [], inventoryPath: ''}, startedAt);
  const lab = await startLab(request);
  writeState(request.dir, lab, startedAt);
  onReady(lab);
  // One host at a time, so that who connects at once does not wait; then all have files to look at.
  const filling = fill(lab);
  await stop;
  filling.abort();
  await lab.stop();
}

function fill(lab: Lab): AbortController {
  const stopping = new AbortController();
  const next = (index: number): void => {
    const host = lab.hosts[index];
    if (host === undefined || stopping.signal.aborted) return;
    host.prepare();
    setTimeout(next, FILLING_PAUSE_MS, index + 1).unref();
  };
  next(0);
  return stopping;
}

/**
 * Stops the fleet in `dir` and removes its files. `stale`: its process had been killed; its files
 * are removed all the same. `none`: there is none.
 */
export async function stopFleet(dir: string): Promise<'stopped' | 'stale' | 'none'> {
  const state = readState(dir);
  if (typeof state === 'string') return 'none';
  const running = isRunning(state);
  if (running) {
    process.kill(state.pid, 'SIGTERM');
    for (let waited = 0; isRunning(state); waited += 50) {
      if (waited >= GOODBYE_MS) process.kill(state.pid, 'SIGKILL');
      await sleep(50);
    }
  }
  clear(dir);
  return running ? 'stopped' : 'stale';
}

/** Removes the files of the fleet in `dir`, which no longer runs. */
export function discardFleet(dir: string): void {
  if (typeof readState(dir) !== 'string') clear(dir);
}

function clear(dir: string): void {
  endProcesses(dir);
  removeLab(dir);
}
