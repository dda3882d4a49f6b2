import {spawn} from 'node:child_process';
import {closeSync, openSync, readdirSync, readFileSync} from 'node:fs';

/** A command, as it is started: with nothing of this process's environment but what is here. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a command and all it started took. */
export interface Usage {
  readonly code: number | null;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The most its processes had together at a look; pages they share counted once (PSS). */
  readonly peakKiB: number;
}

/** Milliseconds between two looks at the memory: each look costs this machine some. */
const LOOK_MS = 250;

/** sh(1), `times`: the second line is of the children, and of theirs. */
const TIMED = '"$@"; code=$?; times >&3; exit $code';

/**
 * Runs a command and tells what it took. Linux only (/proc).
 *
 * @param log file its output goes to
 * @param leftovers a word in the command line of processes it leaves behind on purpose (an ssh that
 *   holds a connection): their time counts, and they are ended
 */
export async function measure(command: Command, log: string, leftovers?: string): Promise<Usage> {
  const {program, args, env} = command;
  const out = openSync(log, 'w');
  const begun = performance.now();
  const child = spawn('/bin/sh', ['-c', TIMED, 'sh', program, ...args], {
    stdio: ['ignore', out, out, 'pipe'],
    env,
  });
  closeSync(out);
  let times = '';
  (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
    times += chunk.toString('latin1');
  });
  let peakKiB = 0;
  const look = setInterval(() => {
    peakKiB = Math.max(peakKiB, memoryBelow(child.pid ?? 0));
  }, LOOK_MS);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('exit', resolve);
  });
  const timed = new Promise((resolve) => child.stdio[3]?.on('end', resolve));
  try {
    const code = await exited;
    const wallMs = performance.now() - begun;
    await timed;
    const left = leftovers === undefined ? 0 : endLeftovers(leftovers);
    return {code, wallMs, cpuMs: childrensTime(times) + left, peakKiB};
  } finally {
    clearInterval(look);
  }
}

/** `0m1.230000s 0m0.450000s`: user and system, of the second line. */
function childrensTime(times: string): number {
  const [, line = ''] = times.trim().split('\n');
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`sh's times said: ${times}`);
  return parts.reduce((sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000, 0);
}

const processes = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** A file of a process; empty when the process has ended. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function memoryBelow(root: number): number {
  const children = new Map<number, number[]>();
  for (const pid of processes()) {
    // The name stands in parentheses and may hold anything, these too.
    const parent = Number(/\) \S (\d+)/.exec(ofProcess(pid, 'stat'))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  let sum = 0;
  // The shell that counts is not of the command.
  const waiting = [...(children.get(root) ?? [])];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    sum += Number(/^Pss:\s+(\d+)/m.exec(ofProcess(pid, 'smaps_rollup'))?.[1] ?? 0);
    waiting.push(...(children.get(pid) ?? []));
  }
  return sum;
}

/** Milliseconds of CPU of processes with this word in their command line; they are ended. */
function endLeftovers(word: string): number {
  let ms = 0;
  for (const pid of processes()) {
    if (pid === process.pid || !ofProcess(pid, 'cmdline').includes(word)) continue;
    ms += Number(ofProcess(pid, 'schedstat').split(' ')[0]) / 1e6;
    process.kill(pid);
  }
  return ms;
}
