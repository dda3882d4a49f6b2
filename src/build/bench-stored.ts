import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';

import {packageRoot} from '../io/package/package-root.js';

import {measure} from './fleet/measure.js';
import {run} from './fleet/servers.js';
import {fleetLike, storeAudit, writeLines} from './fleet/stored-fleet.js';
import {yardstick} from './yardstick.js';

/**
 * `npm run bench:stored [-- HOSTS [FORMAT...]]`: what it takes to judge stored evidence of
 * very many hosts, and to report on a stored audit of them. The hosts are copies of the practice
 * fleet, each with pids, addresses and counters of its own. Linux only.
 */
const main = join(packageRoot(), 'dist/src/main.cjs');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const FORMATS = [
  'json',
  'ndjson',
  'csv',
  'junit',
  'sarif',
  'hdf',
  'oscal',
  'ocsf',
  'html',
  'markdown',
  'table',
];

const [first = '10000', ...named] = process.argv.slice(2);
const hosts = Number(first);
if (!Number.isInteger(hosts) || hosts < 1)
  throw new Error('usage: npm run bench:stored [-- HOSTS [FORMAT...]]');

/** Runs zbufctl and says what it took. */
async function tell(what: string, args: readonly string[], log: string): Promise<void> {
  const env = {PATH: process.env['PATH'] ?? '', HOME: dir, TMPDIR: dir};
  const before = yardstick();
  const usage = await measure({program: process.execPath, args: [main, ...args], env}, log);
  const mark = (before + yardstick()) / 2;
  if (usage.code !== 0 && usage.code !== 3 && usage.code !== 4)
    throw new Error(`zbufctl ${args.join(' ')} ended with ${String(usage.code)}, see ${log}`);
  const cells = [
    `${Math.round((hosts / usage.wallMs) * 1000)} hosts/s`,
    `${(usage.wallMs / 1000).toFixed(1)} s`,
    `${(usage.cpuMs / hosts).toFixed(2)} ms CPU a host`,
    `${(usage.cpuMs / hosts / mark).toFixed(4)} x`,
    `${Math.round(usage.peakKiB / 1024)} MB`,
  ];
  say(`  ${what.padEnd(24)}${cells.map((cell) => cell.padStart(20)).join('')}`);
}

const dir = mkdtempSync(join(tmpdir(), 'zbufctl-bench-'));
const [lab, practice, state] = ['lab', 'practice', 'state'].map((name) => join(dir, name));
const [file, judged] = ['fleet.ndjson', 'judged.ndjson'].map((name) => join(dir, name));
try {
  const inventory = join(lab ?? '', 'zbufctl.yaml');
  run(process.execPath, main, 'lab', 'up', '--hosts', '40', '--dir', lab ?? '');
  await measure(
    {
      program: process.execPath,
      args: [main, 'audit', '-i', inventory, '--state-dir', practice ?? '', '-q', '--json'],
      env: {PATH: process.env['PATH'] ?? '', HOME: dir},
    },
    '/dev/null',
  );
  const fleet = fleetLike(practice ?? '', hosts);
  await writeLines(fleet, file ?? '');
  say(
    `${hosts} hosts, ${availableParallelism()} cores; x: SHA-256 of 64 MiB (${yardstick().toFixed(0)} ms):`,
  );
  await tell('audit --from, ndjson', ['audit', '--from', file ?? '', '-o', 'ndjson'], judged ?? '');
  await storeAudit(fleet, judged ?? '', state ?? '');
  rmSync(judged ?? '');
  for (const format of named.length === 0 ? FORMATS : named)
    await tell(
      `report, ${format}`,
      ['report', '--state-dir', state ?? '', '-o', format],
      '/dev/null',
    );
} finally {
  run(process.execPath, main, 'lab', 'down', '--dir', lab ?? '');
  rmSync(dir, {recursive: true, force: true});
}
