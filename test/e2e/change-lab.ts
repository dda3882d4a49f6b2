import {execFileSync} from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect} from 'vitest';

import type {ScenarioName} from '../../src/lab/scenarios.js';
import type {Lab, LabHost} from '../../src/lab/start-lab.js';
import {startLab} from '../../src/lab/start-lab.js';
import type {AppliedHost, ApplyRun} from '../../src/model/apply-run.js';
import type {Plan} from '../../src/model/plan.js';

import {schemaComplaints} from '../json-schema.js';

import type {Ran} from './cli.js';
import {documentOf, zbufctl, zbufctlAgain} from './cli.js';

const complaints = schemaComplaints('src/report/apply-run.schema.json');

/** A practice fleet in this process, and the program run against it as a user would. */
export interface ChangeLab {
  readonly dir: string;
  readonly lab: Lab;
  readonly state: string;
  /** The inventory, the policy and a time limit that suits a busy machine, as flags. */
  readonly where: readonly string[];
  run(args: readonly string[], options?: Parameters<typeof zbufctl>[1]): Promise<Ran>;
  /** A fresh plan of these hosts (all: none named), made and saved. */
  plan(hosts?: readonly string[], more?: readonly string[]): Promise<Plan>;
  apply(plan: string, more?: readonly string[]): Promise<Applied>;
  stop(): Promise<void>;
}

export interface Applied extends Ran {
  readonly run: ApplyRun;
  host(name: string): AppliedHost;
}

/** The policy gives every plan one step of each kind that changes a file, a value and a service. */
export const POLICY = 'zerocopy: off\nrc: {pflog_flags: "-s 128"}\n';

export async function changeLab(
  hosts: readonly {readonly name: string; readonly scenario: ScenarioName}[],
  policy = POLICY,
): Promise<ChangeLab> {
  const dir = mkdtempSync(join(tmpdir(), 'zbufctl-apply-'));
  const lab = await startLab({dir: join(dir, 'lab'), hosts});
  for (const host of lab.hosts) {
    host.prepare();
    // Under sshd without a terminal a command goes on when its connection is gone.
    host.faults.leaveRunning = true;
  }
  const state = join(dir, 'state');
  writeFileSync(join(dir, 'policy.yaml'), policy);
  const run: ChangeLab['run'] = (args, options) => {
    const all = args.includes('--state-dir') ? args : [...args, '--state-dir', state];
    // Whoever has options means the process.
    return options === undefined ? zbufctlAgain(all) : zbufctl(all, options);
  };
  const where = ['-i', lab.inventoryPath, '--policy', join(dir, 'policy.yaml'), '--timeout', '120'];
  return {
    dir,
    lab,
    state,
    where,
    run,
    async plan(names = [], more = []) {
      const ran = await run(['plan', ...names, ...where, '--json', '-q', ...more]);
      if (ran.stdout === '') throw new Error(`no plan: ${ran.stderr}`);
      return documentOf(ran) as Plan;
    },
    async apply(plan, more = []) {
      const ran = await run(['apply', plan, ...where, '--yes', '--json', ...more]);
      return applied(ran);
    },
    async stop() {
      await lab.stop();
      rmSync(dir, {recursive: true, force: true});
    },
  };
}

export function applied(ran: Ran): Applied {
  if (!ran.stdout.startsWith('{')) throw new Error(`no run: ${ran.stdout}${ran.stderr}`);
  const run = documentOf(ran) as ApplyRun;
  expect(complaints(run)).toEqual([]);
  return {
    ...ran,
    run,
    host(name) {
      const found = run.hosts.find(({host}) => host === name);
      if (found === undefined) throw new Error(`no ${name} in the run`);
      return found;
    },
  };
}

/** Sets the running value as somebody else on the host would. */
export function setRunning(host: LabHost, value: number): void {
  execFileSync(join(host.root, 'bin', 'sysctl'), [`net.bpf.zerocopy_enable=${value}`], {
    env: {
      ZBUFCTL_ROOT: host.root,
      PATH: `${host.root}/bin:/usr/bin:/bin`,
      LAB_UID: '0',
      LAB_USER: 'root',
    },
  });
}

type InTree = Pick<LabHost, 'root'>;

const table = (host: InTree, name: string): string =>
  readFileSync(join(host.root, '.lab', name), 'latin1');

export const runningOf = (host: InTree): string =>
  /zerocopy_enable \w+ \w+ '?(\d+)/.exec(table(host, 'sysctl'))?.[1] ?? '?';

/**
 * Everything a plan may change: files with mode, owner and bytes, the running value, which services
 * run.
 */
export function snapshot(host: InTree): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(host.root, 'etc'), {
    recursive: true,
    encoding: 'utf8',
  }).sort()) {
    const file = join(host.root, 'etc', name);
    const stat = lstatSync(file);
    if (stat.isFile())
      found[name] =
        `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${readFileSync(file, 'latin1')}`;
  }
  found['running'] = runningOf(host);
  found['services'] = table(host, 'proc')
    .split('\n')
    .flatMap((line) => line.split('\t')[8] ?? [])
    .filter((unit) => unit !== '')
    .sort()
    .join(' ');
  return found;
}

/** The run that has the host's lock; undefined: nobody. */
export function lockOf(host: LabHost): string | undefined {
  const folder = join(host.root, 'var/db/zbufctl');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder).find((name) => name === 'lock');
}

export const atPath = (host: LabHost, path: string): string => join(host.root, path);

/** Waits until something is so; says what it waited for when it never is. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds = 90,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
