import type {ChildProcess} from 'node:child_process';
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import {packageRoot} from '../io/package/package-root.js';

/**
 * `npm run bench:watch [-- HOSTS [INTERVAL [ROUNDS [SCENARIO]]]]`: what a watch of practice hosts
 * costs the controller: CPU a sample, and memory a host against a watch of one. Hosts are healthy
 * and do without zero-copy, unless a scenario is named: mode-inherit captures with it.
 */
const main = join(packageRoot(), 'dist/src/main.cjs');
const reporter = join(packageRoot(), 'dist/src/build/usage-reporter.js');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Usage {
  readonly cpuMs: number;
  readonly rssKiB: number;
  readonly usedKiB: number;
}

/** A watch that is measured while it runs. */
class Measured {
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly usage: string,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
  }

  static async start(dir: string, names: readonly string[], interval: number): Promise<Measured> {
    const usage = join(dir, 'usage.json');
    const args = [
      ...['watch', ...names, '-i', join(dir, 'lab/zbufctl.yaml'), '--interval', String(interval)],
      ...['--json', '--metrics', '127.0.0.1:0', '--timeout', '300', '--state-dir', join(dir, 's')],
    ];
    const child = spawn(process.execPath, ['--expose-gc', '--import', reporter, main, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {...process.env, ZBUFCTL_USAGE_FILE: usage},
    });
    const measured = new Measured(child, usage);
    await until(() => measured.said.includes('/metrics'));
    return measured;
  }

  /** Samples so far of all hosts, and hosts that gave more than one. */
  async samples(): Promise<{readonly all: number; readonly hosts: number}> {
    const [url = ''] = /http:\/\/\S+/.exec(this.said) ?? [];
    const text = await (await fetch(url)).text();
    const counts = [...text.matchAll(/^zbufctl_watch_samples_total\{.*\} (\d+)$/gm)].map(
      ([, count]) => Number(count),
    );
    return {all: counts.reduce((a, b) => a + b, 0), hosts: counts.filter((n) => n > 1).length};
  }

  async used(): Promise<Usage> {
    rmSync(this.usage, {force: true});
    this.child.kill('SIGUSR2');
    await until(() => existsSync(this.usage));
    return JSON.parse(readFileSync(this.usage, 'utf8')) as Usage;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await ended;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}

interface Size {
  readonly hosts: number;
  readonly interval: number;
  readonly rounds: number;
}

async function bench({hosts, interval, rounds}: Size, scenario: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'zbufctl-bench-'));
  const lab = ['--dir', join(dir, 'lab')];
  const up = ['lab', 'up', '--hosts', String(hosts), '--scenario', scenario, ...lab];
  try {
    const {status, stderr} = spawnSync(process.execPath, [main, ...up], {encoding: 'utf8'});
    if (status !== 0) throw new Error(`lab up ended with ${String(status)}: ${stderr}`);
    const inventory = readFileSync(join(dir, 'lab/zbufctl.yaml'), 'utf8');
    const [, first = ''] = /name: ([\w.-]+)/.exec(inventory) ?? [];
    const small = await Measured.start(dir, [first], interval);
    await until(async () => (await small.samples()).hosts === 1);
    const one = await small.used();
    await small.end();

    const begun = Date.now();
    const large = await Measured.start(dir, [], interval);
    await until(async () => (await large.samples()).hosts === hosts);
    const connected = (Date.now() - begun) / 1000;
    const [before, from] = [await large.used(), await large.samples()];
    await sleep(rounds * interval * 1000);
    const [after, to] = [await large.used(), await large.samples()];
    await large.end();

    const samples = to.all - from.all;
    const perHost = (kind: 'rssKiB' | 'usedKiB'): string =>
      ((after[kind] - one[kind]) / (hosts - 1)).toFixed(1);
    say(`watch of ${hosts} practice hosts (${scenario}), a sample every ${interval} s:`);
    say(`  until each gave two samples  ${connected.toFixed(0).padStart(7)} s`);
    say(`  samples measured             ${String(samples).padStart(7)} of ${rounds * hosts}`);
    say(
      `  controller CPU per sample    ${((after.cpuMs - before.cpuMs) / samples).toFixed(2).padStart(7)} ms`,
    );
    say(`  memory in use per host       ${perHost('usedKiB').padStart(7)} KiB (heap and buffers)`);
    say(`  resident memory per host     ${perHost('rssKiB').padStart(7)} KiB`);
    say(`  resident memory              ${(after.rssKiB / 1024).toFixed(0).padStart(7)} MiB`);
  } finally {
    spawnSync(process.execPath, [main, 'lab', 'down', ...lab]);
    rmSync(dir, {recursive: true, force: true});
  }
}

const [size, scenario = 'healthy'] = [process.argv.slice(2, 5), ...process.argv.slice(5)];
const [hosts = 100, interval = 10, rounds = 3] = size.map(Number);
if (![hosts, interval, rounds].every((n) => Number.isInteger(n) && n > 0) || hosts < 2)
  throw new Error('usage: npm run bench:watch [-- HOSTS [INTERVAL [ROUNDS [SCENARIO]]]]');
await bench({hosts, interval, rounds}, scenario);
