import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {SCENARIO_NAMES} from '../../src/lab/scenarios.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import type {Plan, PlannedHost} from '../../src/model/plan.js';
import {differences} from '../../src/plan/fingerprint.js';
import {schemaComplaints} from '../json-schema.js';

import type {Ran} from './cli.js';
import {documentOf, zbufctlAgain} from './cli.js';
import {EVERY, someOf} from '../tools/sampled.js';

/** They only cost time: one never answers, the other sends noise without end. */
const LEFT_OUT = ['silent', 'flood'];
/** Those that a test here is about. */
const NAMED = [
  ...['stalled-pflogd', 'healthy', 'csh-login', 'sudo-nopasswd', 'loader-conf-only'],
  ...['tcpdump-casper-stalled', 'immutable-file', 'unprivileged', 'refuses', 'duplicate-lines'],
];
const SCENARIOS = SCENARIO_NAMES.filter(
  (name) =>
    !LEFT_OUT.includes(name) && (NAMED.includes(name) || someOf(SCENARIO_NAMES, 5).includes(name)),
);

let dir = '';
let lab = '';
let state = '';
const names = new Map<string, string>();
/** Two plans of the same, unchanged hosts. */
let first: Ran;
let plan: Plan;
let second: Plan;

const runs = (): Promise<Ran> => zbufctlAgain(['runs', '--json', '--state-dir', state]);
const run = (args: readonly string[], stateDir = state): Promise<Ran> =>
  zbufctlAgain([
    'plan',
    '-i',
    join(lab, 'zbufctl.yaml'),
    '--state-dir',
    stateDir,
    '--timeout',
    '60',
    ...args,
  ]);
const planOf = (ran: Ran): Plan => documentOf(ran) as Plan;
const hostOf = (document: Plan, scenario: string): PlannedHost => {
  const found = document.hosts.find(({host}) => host === names.get(scenario));
  if (found === undefined) throw new Error(`no ${scenario}`);
  return found;
};
const kinds = (host: PlannedHost): readonly string[] => host.steps.map(({kind}) => kind);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-plan-'));
  lab = join(dir, 'lab');
  state = join(dir, 'state');
  const up = await zbufctlAgain([
    'lab',
    'up',
    '--dir',
    lab,
    ...SCENARIOS.flatMap((name) => ['--scenario', name]),
  ]);
  expect([up.code, up.stderr]).toEqual([0, '']);
  const {stdout, code, stderr} = await zbufctlAgain(['lab', 'list', '--dir', lab, '--json']);
  const {hosts} = documentOf({code, stdout, stderr}) as {hosts: {name: string; scenario: string}[]};
  for (const {name, scenario} of hosts) names.set(scenario, name);
  writeFileSync(join(dir, 'off.yaml'), 'zerocopy: off\n');
  first = await run(['--json', '--policy', join(dir, 'off.yaml')]);
  plan = planOf(first);
  second = planOf(await run(['--json', '--policy', join(dir, 'off.yaml')]));
}, 300_000);

afterAll(async () => {
  await zbufctlAgain(['lab', 'down', '--dir', lab]);
  rmSync(dir, {recursive: true, force: true});
}, 60_000);

test('the document keeps to the published schema, has every host, and is saved where apply finds it', () => {
  expect(schemaComplaints('src/plan/plan.schema.json', '', false)(plan)).toEqual([]);
  expect(plan.hosts.map(({host}) => host).sort()).toEqual([...names.values()].sort());
  expect(plan.madeFrom).toMatch(/-audit-/);
  const saved = join(state, 'plans', `${plan.id}.json`);
  expect(JSON.parse(readFileSync(saved, 'utf8'))).toEqual(plan);
  expect(statSync(saved).mode & 0o777).toBe(0o600);
});

test('a stalled capture: the value goes back, the service is restarted and may be killed, all is verified', () => {
  const host = hostOf(plan, 'stalled-pflogd');
  expect(host.gate).toEqual({allowed: true, reasons: []});
  expect(kinds(host)).toEqual([
    'set-running',
    'write-boot',
    'restart-service',
    'verify',
    'verify',
    'verify',
  ]);
  expect(host.steps[2]).toMatchObject({service: 'pflog', mayKill: true, timeLimit: 20});
  expect(host.steps[0]?.why).not.toContain('ZBUF-001');
  expect(host.steps[2]?.why).toContain('ZBUF-001');
});

test.each(['healthy', 'csh-login', 'sudo-nopasswd', 'loader-conf-only'])(
  '%s: nothing to do',
  (scenario) => {
    expect(hostOf(plan, scenario)).toMatchObject({
      state: 'nothing',
      gate: {allowed: true},
      steps: [],
    });
  },
);

test('what a person started by hand is named and does not block', () => {
  const host = hostOf(plan, 'tcpdump-casper-stalled');
  expect(host.gate.allowed).toBe(true);
  expect(host.byHand.map(({text}) => text).join()).toMatch(/tcpdump .* no enabled rc script/);
  expect(host.byHand[0]?.command).toMatch(/^kill -KILL \d+$/);
  expect(kinds(host)).not.toContain('restart-service');
});

test('a file that must not be written is refused with the reason', () => {
  expect(hostOf(plan, 'immutable-file')).toMatchObject({state: 'refused', gate: {allowed: false}});
  expect(
    hostOf(plan, 'immutable-file')
      .gate.reasons.map(({text}) => text)
      .join(),
  ).toContain('schg');
});

test('who was not root saw too little: refused as not known; who was not reached, too', () => {
  expect(hostOf(plan, 'unprivileged').state).toBe('unknown');
  expect(hostOf(plan, 'unprivileged').gate.reasons.every(({kind}) => kind === 'gap')).toBe(true);
  expect(hostOf(plan, 'refuses')).toMatchObject({
    state: 'unreachable',
    gate: {allowed: false},
    steps: [],
  });
});

test('two collections of an unchanged host give the same fingerprint, in every scenario that can be reached', () => {
  let compared = 0;
  for (const [scenario, name] of names) {
    const [a, b] = [plan, second].map(
      (p) => p.hosts.find(({host}) => host === name)?.fingerprint ?? {},
    );
    if (a === undefined || b === undefined || Object.keys(a).length === 0) continue;
    expect([scenario, b]).toEqual([scenario, a]);
    expect(differences(a, b)).toEqual([]);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(EVERY ? 18 : 10);
});

test(
  'compliant is said of exactly those hosts for which a plan has no step and nothing by hand, whatever the policy',
  {timeout: 120_000},
  async () => {
    const words = new Set<string>();
    for (const zerocopy of ['auto', 'off', 'on'] as const) {
      const policy = join(dir, `${zerocopy}.yaml`);
      writeFileSync(policy, `zerocopy: ${zerocopy}\n`);
      const evidence = join(state, 'runs', plan.madeFrom, 'evidence');
      const judged = await zbufctlAgain(
        [
          'audit',
          '--from',
          evidence,
          '--json',
          '--policy',
          policy,
          '-i',
          join(lab, 'zbufctl.yaml'),
        ].concat(['--state-dir', state]),
      );
      const audit = documentOf(judged) as AuditRun;
      const again = planOf(await run(['--json', '--policy', policy, '--from', plan.madeFrom]));
      expect(audit.hosts.length).toBeGreaterThan(EVERY ? 20 : 10);
      for (const {host, posture} of audit.hosts) {
        const {
          state: word,
          steps,
          byHand,
        } = again.hosts.find((h) => h.host === host) ?? hostOf(again, host);
        const nothing = steps.length === 0 && byHand.length === 0;
        const asked = posture !== 'not-applicable';
        expect([zerocopy, host, asked && nothing]).toEqual([
          zerocopy,
          host,
          posture === 'compliant',
        ]);
        expect([zerocopy, host, word === 'nothing']).toEqual([zerocopy, host, nothing]);
        words.add(word);
      }
    }
    expect([...words].sort()).toEqual(['by-hand', 'changes', 'nothing', 'refused', 'unknown']);
  },
);

test('exit codes: the largest that applies', {timeout: 120_000}, async () => {
  expect(first.code).toBe(5);
  const of = async (...scenarios: string[]): Promise<number | null> =>
    (await run(['--policy', join(dir, 'off.yaml'), ...scenarios.map((s) => names.get(s) ?? '')]))
      .code;
  expect(await of('healthy')).toBe(0);
  expect(await of('stalled-pflogd', 'healthy')).toBe(3);
  expect(await of('stalled-pflogd', 'refuses')).toBe(4);
  expect(await of('refuses', 'immutable-file')).toBe(5);
});

test(
  'as text: the gate, the steps in a line each, the difference of the file, and what comes next',
  {timeout: 60_000},
  async () => {
    const {stdout, code} = await run([
      '--policy',
      join(dir, 'off.yaml'),
      names.get('stalled-pflogd') ?? '',
      names.get('immutable-file') ?? '',
    ]);
    expect(code).toBe(5);
    for (const part of [
      'net.bpf.zerocopy_enable 1 -> 0',
      'restart pflog (may SIGKILL what still holds /dev/bpf after 20 s)',
      '--- /etc/sysctl.conf',
      '-net.bpf.zerocopy_enable=1',
      '+net.bpf.zerocopy_enable=0',
      'is protected (chflags schg)',
      'to do: Find out who protected it',
      '2 hosts: 1 to change (3 steps), 0 with nothing to do, 1 refused.',
    ])
      expect(stdout).toContain(part);
    expect(stdout).toMatch(/zbufctl apply plan-\d{8}T\d{6}Z-[0-9a-f]{32}\n$/);
    expect(stdout).not.toContain('\u001b');
  },
);

test(
  '--from plans from a stored audit, without asking a host; -o writes the plan',
  {timeout: 60_000},
  async () => {
    const file = join(dir, 'plan.json');
    const before = readdirSync(join(state, 'runs')).length;
    const {code, stdout} = await run([
      '--from',
      plan.madeFrom,
      '--policy',
      join(dir, 'off.yaml'),
      '-o',
      `json:${file}`,
      names.get('stalled-pflogd') ?? '',
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain(`made from ${plan.madeFrom}`);
    expect(readdirSync(join(state, 'runs'))).toHaveLength(before);
    const again = JSON.parse(readFileSync(file, 'utf8')) as Plan;
    expect(again.hosts[0]?.steps).toEqual(hostOf(plan, 'stalled-pflogd').steps);
  },
);

test(
  '--clean-duplicates removes what is not in force, and only then',
  {timeout: 60_000},
  async () => {
    const name = names.get('duplicate-lines') ?? '';
    const args = ['--from', plan.madeFrom, '--json', '--policy', join(dir, 'off.yaml'), name];
    const plain = hostOf(planOf(await run(args)), 'duplicate-lines');
    const clean = hostOf(planOf(await run([...args, '--clean-duplicates'])), 'duplicate-lines');
    const size = (host: PlannedHost): number =>
      host.steps.flatMap((s) =>
        s.kind === 'write-boot' ? (s.to ?? '').split('zerocopy_enable') : [],
      ).length;
    expect(size(clean)).toBeGreaterThan(0);
    expect(size(clean)).not.toBe(size(plain));
  },
);

test('a policy that names a service nobody knows, or contradicts itself, is wrong usage before a host is asked', async () => {
  writeFileSync(join(dir, 'bad.yaml'), 'zerocopy: off\nkeep: [pflgo]\n');
  const {code, stderr} = await run(['--policy', join(dir, 'bad.yaml')]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/bad\.yaml:2: policy\.keep\[1\]: there is no service "pflgo"/);
  // Only the merged policy shows it: one part is the group's, the other the whole fleet's.
  const audits = async (): Promise<string> => (await runs()).stdout;
  const before = await audits();
  const fleet = readFileSync(join(lab, 'zbufctl.yaml'), 'utf8');
  writeFileSync(
    join(lab, 'merged.yaml'),
    fleet
      .replace(/^policy: .*$/m, 'policy: {keep: [pflogd]}')
      .replace('    vars:', '    policy: {disable: [pflogd]}\n    vars:'),
  );
  const merged = await run(['-i', join(lab, 'merged.yaml')]);
  expect(merged.code).toBe(2);
  expect(merged.stderr).toContain('pflogd is to be kept and to be disabled');
  expect(await audits()).toBe(before);
  writeFileSync(join(dir, 'bad.yaml'), 'zerocopy: off\nwindow: "02:00-04:00"\n');
  const window = await run(['--policy', join(dir, 'bad.yaml')]);
  expect(window.code).toBe(2);
  expect(window.stderr).toMatch(/bad\.yaml:2/);
});

test('on is refused where nothing is proven, with every reason', {timeout: 60_000}, async () => {
  writeFileSync(join(dir, 'on.yaml'), 'zerocopy: on\n');
  const result = await run([
    '--from',
    plan.madeFrom,
    '--json',
    '--policy',
    join(dir, 'on.yaml'),
    names.get('healthy') ?? '',
  ]);
  expect(result.code).toBe(5);
  expect(
    planOf(result)
      .hosts[0]?.gate.reasons.map(({text}) => text)
      .join('\n'),
  ).toContain('was not probed');
});

test(
  'a closed maintenance window is said on stderr, with when it opens',
  {timeout: 60_000},
  async () => {
    // Open for one minute a week, and not in this one or the next.
    const day = new Date(Date.now() + 2 * 86_400_000).toUTCString().slice(0, 3);
    writeFileSync(join(dir, 'window.yaml'), `zerocopy: off\nwindow: "${day} 12:00-12:01"\n`);
    const {stderr, code} = await run([
      '--from',
      plan.madeFrom,
      '--policy',
      join(dir, 'window.yaml'),
      names.get('stalled-pflogd') ?? '',
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /The maintenance window \(\w{3} 12:00-12:01\) is closed; it opens at .*T12:00Z\./,
    );
  },
);

test('--help shows examples and the exit codes', async () => {
  const {stdout} = await zbufctlAgain(['plan', '--help']);
  expect(stdout).toContain('EXAMPLES');
  expect(stdout).toMatch(/^ {2}5 {2}refused/m);
});
