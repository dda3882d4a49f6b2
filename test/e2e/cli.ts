import type {ChildProcess} from 'node:child_process';
import {fork, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

import {onTestFinished} from 'vitest';

export const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.cjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Around {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the built program as a user would, in a fresh home and working directory, with no terminal.
 */
export async function zbufctl(
  args: readonly string[],
  options: Around & {
    readonly nodeArgs?: readonly string[];
    readonly onStart?: (child: ReturnType<typeof spawn>) => void;
  } = {},
): Promise<Ran> {
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const home = mkdtempSync(join(tmpdir(), 'zbufctl-home-'));
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), MAIN, ...args], {
    ...surroundings(home, options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => {
    rmSync(home, {recursive: true, force: true});
  });
  return {code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString()};
}

const surroundings = (
  home: string,
  {cwd, env}: Around,
): {readonly cwd: string; readonly env: NodeJS.ProcessEnv} => ({
  cwd: cwd ?? home,
  env: {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    ...env,
  },
});

let warm: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * The same command line of the same built program, in a process that has run others before: a tenth
 * of the time. For tables of cases; where the process is the point (its start, its end, signals,
 * streams, what a terminal or the environment does to colours), take `zbufctl`.
 */
export function zbufctlAgain(args: readonly string[], around: Around = {}): Promise<Ran> {
  // One after the other: they share a working directory and an environment.
  const ran = last.then(() => askWarm(args, around));
  last = ran.catch(() => undefined);
  return ran;
}

async function askWarm(args: readonly string[], around: Around): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), 'zbufctl-home-'));
  warm ??= startWarm();
  const child = warm;
  try {
    return await new Promise<Ran>((resolve, reject) => {
      const ended = (): void => {
        warm = undefined;
        reject(new Error(`the process of zbufctl ${args.join(' ')} ended`));
      };
      child.once('exit', ended);
      child.once('message', (ran) => {
        child.off('exit', ended);
        resolve(ran as Ran);
      });
      child.send({args, ...surroundings(home, around)});
    });
  } finally {
    rmSync(home, {recursive: true, force: true});
  }
}

function startWarm(): ChildProcess {
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const child = fork(
    join(import.meta.dirname, '..', 'tools', 'warm-cli.mjs'),
    [join(dirname(MAIN), 'program.cjs')],
    {stdio: ['ignore', 'inherit', 'inherit', 'ipc']},
  );
  // Whoever tests does not wait for it; it ends with the channel.
  child.unref();
  child.channel?.unref();
  return child;
}

/** The JSON on stdout; where there is none, how the command ended and what it said instead. */
export function documentOf({code, stdout, stderr}: Ran): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    const said = `stdout: ${stdout.slice(0, 500)}\nstderr: ${stderr}`;
    throw new Error(`no JSON, exit code ${code ?? 'none'}\n${said}`, {cause: error});
  }
}

/** A folder that is gone after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  onTestFinished(() => {
    rmSync(folder, {recursive: true, force: true});
  });
  return folder;
}
