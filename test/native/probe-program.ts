import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {nativeProduct} from '../../src/io/native/native-build.js';
import type {NativeProduct} from '../../src/io/native/native-build.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import type {NativeReport} from '../../src/model/probe.js';
import {parseNativeOutput} from '../../src/probe/native-output.js';

export const probeSchema = loadSchema('probe/probe');

/** The product's path, built here and now if it has to be. */
export async function built(product: NativeProduct): Promise<string> {
  const path = await nativeProduct(product);
  if (!path.ok) throw new Error(path.error.message);
  return path.value;
}

export interface Ended {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program to its end; `begun` gets its pid. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  begun: (pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(program, args, {
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  begun(child.pid ?? -1);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...how) => {
        resolve(how);
      });
    },
  );
  return {stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), code, signal};
}

/** What the program printed, read as a host's output is read. */
export function reportOf({stdout, stderr}: Ended): NativeReport {
  const report = parseNativeOutput(stdout, probeSchema);
  if (!report.ok) throw new Error(`${report.error.message}; stderr: ${stderr}`);
  return report.value;
}

/** A machine of the model that outlives its processes: its state is a file. */
export class ModelHost {
  private readonly folder = mkdtempSync(join(tmpdir(), 'zbufprobe-model-'));
  readonly env: Readonly<Record<string, string>>;

  constructor(zerocopy: number) {
    this.env = {
      ZBUFPROBE_MODEL_HOST: join(this.folder, 'host'),
      ZBUFPROBE_MODEL_ZEROCOPY: String(zerocopy),
    };
  }

  /** net.bpf.zerocopy_enable now; undefined before anything has run on the machine. */
  zerocopy(): number | undefined {
    try {
      const state = readFileSync(join(this.folder, 'host')).subarray(0, 12);
      return state.subarray(0, 8).toString() === 'ZBMODEL1' ? state.readInt32LE(8) : undefined;
    } catch {
      return undefined;
    }
  }

  remove(): void {
    rmSync(this.folder, {recursive: true});
  }
}

/** Waits until the condition holds; a condition that never does fails the test. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
