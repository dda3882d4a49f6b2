import {execFileSync, spawn} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {EVERY, ofAll, sampled} from '../tools/sampled.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab, setRunning} from './change-lab.js';
import {MAIN, zbufctlAgain} from './cli.js';

interface Manifest {
  readonly commands: Readonly<
    Record<string, {readonly examples?: readonly (string | {readonly command: string})[]}>
  >;
}

/** What cannot be run here as it stands, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'zbufctl apply --resume 20261124T082000Z-apply-51c2': 'needs an apply that was stopped',
  'zbufctl probe --local --only zbuf/share': 'needs FreeBSD; --model is run',
  'zbufctl audit --resume 20261124T081500Z-audit-3f9a': 'needs an audit that was ended',
  'zbufctl runs merge 20261124T0815 20261124T0816': 'needs two audits; test/cli/runs merges',
  'zbufctl runs merge latest /mnt/other/zbufctl/runs/20261124T081500Z-audit-3f9a':
    'needs another controller; test/cli/runs has one',
  'zbufctl init': 'asks a person; test/cli and the terminal tests answer',
  'zbufctl lab up --hosts 300 --dir /tmp/fleet --foreground': 'runs until it is stopped',
  'zbufctl watch': 'runs until it is stopped',
  'zbufctl watch -g edge --json --notify oncall --metrics 127.0.0.1:9742':
    'runs until it is stopped; test/e2e/watch does that',
  'zbufctl report -o html:report.html -o oscal:results.json --sign agent': 'needs an agent',
};

/** Ends that say that the example itself is wrong. */
const WRONG: readonly (number | null)[] = [1, 2, null];

const examples = Object.entries(
  (JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Manifest).commands,
).flatMap(([id, {examples: lines = []}]) =>
  lines.map((line) =>
    (typeof line === 'string' ? line : line.command)
      .replace('<%= config.bin %>', 'zbufctl')
      .replace('<%= command.id %>', id.replaceAll(':', ' ')),
  ),
);
const runnable = examples.filter((line) => !Object.hasOwn(NOT_RUN, line));

let fleet: ChangeLab;
let folder = '';
let home = '';

beforeAll(async () => {
  fleet = await changeLab([
    {name: 'fw01', scenario: 'pf-logger-at-boot'},
    {name: 'fw02', scenario: 'healthy'},
  ]);
  for (const host of fleet.lab.hosts) setRunning(host, 1);
  folder = dirname(fleet.lab.inventoryPath);
  home = join(fleet.dir, 'home');
  mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700});
  mkdirSync(join(home, '.config/fish/completions'), {recursive: true});
  writeFileSync(join(home, '.ssh/config'), 'Host fw01\n  HostName 127.0.0.1\n');
  const key = join(home, '.ssh/id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const signers = `ops@example.net ${readFileSync(`${key}.pub`, 'utf8')}`;
  writeFileSync(join(home, '.ssh/allowed_signers'), signers);
  writeFileSync(join(folder, 'signers'), signers);
  const inventory = readFileSync(fleet.lab.inventoryPath, 'utf8');
  writeFileSync(
    fleet.lab.inventoryPath,
    `${inventory.replace('  healthy:', '  edge:')}retention: {keep: 365d}\n`,
  );
  cpSync(join(fleet.dir, 'policy.yaml'), join(folder, 'policy.yaml'));
  writeFileSync(join(folder, 'hosts.ini'), ansibleInventory());
  // What the examples start from: an audit, its evidence, a plan, one that was applied, a report.
  for (const line of [
    'zbufctl audit',
    'zbufctl collect --out evidence fw02',
    'zbufctl plan -o json:applied.json --policy policy.yaml',
    'zbufctl apply applied.json --yes --policy policy.yaml',
    'zbufctl plan -o json:plan.json --policy policy.yaml',
    `zbufctl plan -o json:signed.json --sign ${key} --policy policy.yaml`,
    `zbufctl report -o html:report.html -o oscal:results.json --sign ${key}`,
  ]) {
    const [, ...args] = line.split(' ');
    const env = {HOME: home, ZBUFCTL_STATE_DIR: fleet.state};
    const {code, stderr} = await zbufctlAgain(args, {cwd: folder, env});
    expect(WRONG, `${line}: ${stderr}`).not.toContain(code);
  }
}, 300_000);

afterAll(async () => {
  await asTyped('zbufctl lab down');
  await fleet.stop();
});

/** As Ansible's users have it; the paths are those of the practice fleet. */
const ansibleInventory = (): string =>
  fleet.lab.hosts
    .map(
      ({name, port}) =>
        `${name} ansible_host=127.0.0.1 ansible_port=${port} ansible_user=root ` +
        `ansible_ssh_private_key_file=${join(folder, 'id_ed25519')} ` +
        `ansible_ssh_common_args="-o UserKnownHostsFile=${join(folder, 'known_hosts')}"`,
    )
    .join('\n');

const namesIn = (kept: 'runs' | 'plans'): readonly string[] => {
  const path = join(fleet.state, kept);
  return existsSync(path) ? readdirSync(path) : [];
};

/** Runs, plans and files the help made up, as they are here. */
function asHere(line: string): string {
  const runs = namesIn('runs');
  const newest = (kind: string): string =>
    runs
      .filter((name) => name.includes(`-${kind}-`))
      .sort()
      .at(-1) ?? `no-${kind}`;
  const plans = namesIn('plans').filter((name) => name.endsWith('.json'));
  return line
    .replace(/\b\d{8}T\d{6}Z-(apply|audit)-[0-9a-f]{4}\b/g, (_, kind: string) => newest(kind))
    .replace(/\bplan-\d{8}T\d{6}Z\b/g, plans.at(-1)?.slice(0, -'.json'.length) ?? 'no-plan')
    .replace(/\b20\d{6}(T\d{4})?\b(?!\d|Z)/g, newest('audit'))
    .replace('fw03 fw04', 'fw01 fw02')
    .replace('plan.json --allowed-signers', 'signed.json --allowed-signers');
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

const asTyped = (line: string): Promise<Ended> =>
  new Promise((resolve) => {
    const zbufctl = `zbufctl() { "${process.execPath}" "${MAIN}" "$@" </dev/null; }`;
    const child = spawn('/bin/sh', ['-c', `${zbufctl}; ${asHere(line)}`], {
      cwd: folder,
      env: {PATH: process.env['PATH'], HOME: home, ZBUFCTL_STATE_DIR: fleet.state},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => {
      resolve({code, stderr});
    });
  });

const chosen = sampled(runnable, 24, (line) => line);

test('what is not run is an example', () => {
  expect(Object.keys(NOT_RUN).filter((line) => !examples.includes(line))).toEqual([]);
  process.stdout.write(`examples of help: ${ofAll(chosen, runnable)} run\n`);
  expect(EVERY || chosen.length > 3).toBe(true);
});

test.each(chosen)('%s', expectGood);

async function expectGood(line: string): Promise<void> {
  // One fleet at a time is in the folder they take by default.
  if (line.startsWith('zbufctl lab up')) await asTyped('zbufctl lab down');
  const {code, stderr} = await asTyped(line);
  expect(WRONG, `${line}: ${stderr}`).not.toContain(code);
}
