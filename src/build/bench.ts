import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {loadServices} from '../cli/hosts/load-services.js';
import {parseCollectorOutput} from '../collect/collector-output.js';
import {packageRoot} from '../io/package/package-root.js';
import {fingerprintOf} from '../plan/fingerprint.js';
import {judgeGate} from '../plan/gate.js';
import {judgeAll} from '../rules/index.js';

import {largestAnswer, SHAPES} from './largest-answer.js';
import {median} from './median.js';
import {yardstick} from './yardstick.js';

/**
 * `npm run bench [-- HOSTS]`: start-up time against `node -e 0`, and what one host costs the
 * controller, both beside something whose speed on this machine is known, so that numbers from
 * different machines can be compared.
 */
const main = join(packageRoot(), 'dist/src/main.cjs');
const reporter = join(packageRoot(), 'dist/src/build/usage-reporter.js');
/** Descriptors, holders and processes the collector prints at most (templates/collect). */
const LONGEST = 1024;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Without NODE_OPTIONS and the like: what they cost would count for both sides of a ratio. */
const PLAIN = {PATH: process.env['PATH'], HOME: process.env['HOME']};

/** Wall-clock milliseconds of one run. */
function timeOf(args: readonly string[]): number {
  const begun = process.hrtime.bigint();
  const {status, stderr} = spawnSync(process.execPath, args, {encoding: 'utf8', env: PLAIN});
  if (status !== 0)
    throw new Error(`node ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

function benchStartUp(rounds: number): void {
  // Interleaved, so that a busy moment of the machine hits all of them.
  const kinds = [
    {name: 'node -e 0', args: ['-e', '0'], times: [] as number[]},
    {name: 'zbufctl --version', args: [main, '--version'], times: [] as number[]},
    {name: 'zbufctl --help', args: [main, '--help'], times: [] as number[]},
    {name: 'zbufctl audit --help', args: [main, 'audit', '--help'], times: [] as number[]},
    {name: 'zbufctl explain ZBUF-001', args: [main, 'explain', 'ZBUF-001'], times: [] as number[]},
  ];
  for (const kind of kinds) timeOf(kind.args);
  for (let round = 0; round < rounds; round += 1)
    for (const kind of kinds) kind.times.push(timeOf(kind.args));
  const base = median(kinds[0]?.times ?? []);
  say(`start-up, median of ${rounds} runs each:`);
  for (const {name, times} of kinds) {
    const time = median(times);
    say(
      `  ${name.padEnd(26)} ${time.toFixed(0).padStart(5)} ms   ${(time / base).toFixed(1)} x node -e 0`,
    );
  }
}

async function benchFleet(hosts: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'zbufctl-bench-'));
  const lab = join(dir, 'lab');
  const run = (args: readonly string[]): void => {
    const {status, stderr} = spawnSync(process.execPath, [main, ...args], {encoding: 'utf8'});
    if (status !== 0)
      throw new Error(`zbufctl ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  };
  try {
    run(['lab', 'up', '--hosts', String(hosts), '--scenario', 'healthy', '--dir', lab]);
    const usage = join(dir, 'usage.json');
    const begun = process.hrtime.bigint();
    const status = await new Promise<number | null>((resolve) => {
      const args = [
        'audit',
        '-i',
        join(lab, 'zbufctl.yaml'),
        '--state-dir',
        join(dir, 'state'),
        '--json',
        '-q',
        '--timeout',
        '300',
      ];
      const child = spawn(process.execPath, ['--import', reporter, main, ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {...process.env, ZBUFCTL_USAGE_FILE: usage},
      });
      child.on('exit', resolve);
    });
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    const {cpuMs, maxRssKiB} = JSON.parse(readFileSync(usage, 'utf8')) as {
      cpuMs: number;
      maxRssKiB: number;
    };
    const mark = yardstick();
    say(`audit of ${hosts} practice hosts, 32 at a time (exit code ${String(status)}):`);
    say(
      `  controller CPU per host    ${(cpuMs / hosts).toFixed(1).padStart(7)} ms   ${(cpuMs / hosts / mark).toFixed(2)} x SHA-256 of 64 MiB (${mark.toFixed(0)} ms)`,
    );
    say(`  controller memory          ${(maxRssKiB / 1024).toFixed(0).padStart(7)} MB`);
    say(
      `  wall clock                 ${seconds.toFixed(1).padStart(7)} s   (the practice hosts share this machine)`,
    );
  } finally {
    spawnSync(process.execPath, [main, 'lab', 'down', '--dir', lab]);
    rmSync(dir, {recursive: true, force: true});
  }
}

/**
 * What the longest answer of one host costs: everything below is done in the thread that confirms
 * all the others.
 */
async function benchLongest(): Promise<void> {
  const services = await loadServices();
  const about = {host: 'fw', address: 'fw', collectedAt: '2026-11-24T08:15:00.000Z'};
  const change = {
    policy: {zerocopy: 'on'},
    changes: {keep: [], disable: [], rc: {}, modes: {}, preload: [], window: [], probeAge: 86_400},
    now: about.collectedAt,
  } as const;
  say(
    `the longest answers of one host, parsed, judged, gated and fingerprinted (lists of ${LONGEST}):`,
  );
  for (const shape of SHAPES) {
    const bytes = largestAnswer(shape, LONGEST);
    const before = process.cpuUsage();
    const parsed = parseCollectorOutput(bytes, about);
    if (!parsed.ok) throw new Error(`${shape}: ${parsed.error.message}`);
    const scene = {evidence: parsed.value, services, ...change};
    judgeAll(scene);
    judgeGate({...scene, target: 1, disabled: []});
    fingerprintOf(scene);
    const {user, system} = process.cpuUsage(before);
    const ms = ((user + system) / 1000).toFixed(0).padStart(7);
    say(`  ${shape.padEnd(26)} ${ms} ms CPU   ${(bytes.length / 1e6).toFixed(1)} MB`);
  }
}

const hosts = Number(process.argv[2] ?? 200);
if (!Number.isInteger(hosts) || hosts < 1) throw new Error('usage: npm run bench [-- HOSTS]');
await benchLongest();
benchStartUp(15);
await benchFleet(hosts);
