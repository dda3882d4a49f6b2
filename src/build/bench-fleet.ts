import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {packageRoot} from '../io/package/package-root.js';

import type {Contender} from './fleet/contenders.js';
import {contenders, isInstalled, YARDSTICK} from './fleet/contenders.js';
import type {Usage} from './fleet/measure.js';
import {measure} from './fleet/measure.js';
import type {Servers} from './fleet/servers.js';
import {run, startServers} from './fleet/servers.js';
import {median} from './median.js';

/**
 * `npm run bench:fleet [-- HOSTS [PARALLEL [ROUNDS]]]`: what asking a fleet costs the controller,
 * beside other tools that ask it for less, over real OpenSSH servers. Needs root, Linux, and makes
 * a user for its time.
 */
const main = join(packageRoot(), 'dist/src/main.cjs');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
interface Measured {
  readonly contender: Contender;
  readonly usages: readonly Usage[];
}

/** Each in turn, round by round, so that a busy moment of the machine hits all of them. */
async function measureAll(
  all: readonly Contender[],
  rounds: number,
  dir: string,
): Promise<readonly Measured[]> {
  const measured = all.map((contender) => ({contender, usages: [] as Usage[]}));
  for (let round = 0; round < rounds; round += 1)
    for (const {contender, usages} of measured) {
      const log = join(dir, 'output.txt');
      const usage = await measure(contender.command(round), log, contender.leftovers);
      if (usage.code !== 0)
        throw new Error(
          `${contender.name} ended with ${String(usage.code)}:\n${readFileSync(log, 'utf8').slice(-2000)}`,
        );
      usages.push(usage);
    }
  return measured;
}

function table(measured: readonly Measured[], missing: readonly Contender[], hosts: number): void {
  const of = ({usages}: Measured, what: (usage: Usage) => number): number =>
    median(usages.map(what)) / hosts;
  const base = measured.find(({contender}) => contender.name === YARDSTICK);
  const cell = (value: number, digits: number, unit: string): string =>
    `${value.toFixed(digits)} ${unit}`.padStart(11);
  const ratio = (value: number, of_: number | undefined): string =>
    (of_ === undefined ? '' : `${(value / of_).toFixed(2)} x`).padStart(9);
  say(
    `${''.padEnd(37)}${'CPU'.padStart(11)}${''.padStart(9)}${'wall'.padStart(11)}${''.padStart(9)}${'memory'.padStart(11)}`,
  );
  for (const one of measured) {
    const cpu = of(one, ({cpuMs}) => cpuMs);
    const wall = of(one, ({wallMs}) => wallMs);
    const memory = median(one.usages.map(({peakKiB}) => peakKiB)) / 1024;
    say(
      [
        one.contender.name.padEnd(37),
        cell(cpu, 1, 'ms'),
        ratio(cpu, base && of(base, ({cpuMs}) => cpuMs)),
        cell(wall, 0, 'ms'),
        ratio(wall, base && of(base, ({wallMs}) => wallMs)),
        cell(memory, 0, 'MB'),
      ].join(''),
    );
  }
  for (const {name, needs} of missing) say(`${name.padEnd(37)}    missing: no ${needs} in PATH`);
}

/** What one host says, for hosts that answer at once. */
function record({hosts: [host], sshConfig}: Servers, script: string): string {
  const exec = 'exec ssh -F "$1" "$2" "exec /bin/sh -s" <"$3"';
  const answer = run('sh', '-c', exec, 'sh', sshConfig, host?.name ?? '', script);
  if (!answer.includes('\n@ practice\n')) throw new Error(`not the answer of a host: ${answer}`);
  return answer;
}

const [hosts = 100, parallel = 32, rounds = 1] = process.argv.slice(2).map(Number);
if (![hosts, parallel, rounds].every((n) => Number.isInteger(n) && n > 0))
  throw new Error('usage: npm run bench:fleet [-- HOSTS [PARALLEL [ROUNDS]]]');
const dir = mkdtempSync(join(tmpdir(), 'zbufctl-bench-'));
const lab = join(dir, 'lab');
try {
  run(process.execPath, main, 'lab', 'up', '--hosts', '1', '--scenario', 'healthy', '--dir', lab);
  const servers = await startServers(hosts, dir, lab);
  try {
    const script = join(dir, 'collect.sh');
    writeFileSync(script, run(process.execPath, main, 'collect', '--print'));
    writeFileSync(servers.answer, record(servers, script));
    const all = contenders(servers, parallel, dir);
    const missing = all.filter(({needs}) => needs !== undefined && !isInstalled(needs));
    const there = all.filter((one) => !missing.includes(one));
    say(
      `${hosts} hosts behind a real sshd, ${parallel} at a time, per host (median of ${rounds}):`,
    );
    table(await measureAll(there, rounds, dir), missing, hosts);
  } finally {
    servers.stop();
  }
} finally {
  run(process.execPath, main, 'lab', 'down', '--dir', lab);
  rmSync(dir, {recursive: true, force: true});
}
