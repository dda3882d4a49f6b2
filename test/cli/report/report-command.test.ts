import {execFileSync, spawnSync} from 'node:child_process';
import {appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {beforeEach, expect, test} from 'vitest';

import {RunStore} from '../../../src/io/store/run-store.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import type {Report} from '../../../src/model/report.js';
import {freshFolder, zbufctlAgain} from '../../e2e/cli.js';
import {evidenceFor, fleetOf, makeHost, makeRun, oneOfEach} from '../../world.js';
import {EVERY} from '../../tools/sampled.js';

/** Elsewhere seen in less time: here with test:every. */
const rarely = test.skipIf(!EVERY);

let folder: string;
let state: string;
const at = (name: string): string => join(folder, name);

/** Stores runs as an audit does, evidence and all. */
async function store(...runs: readonly AuditRun[]): Promise<void> {
  const kept = new RunStore(state, {onNotice: () => undefined});
  for (const run of runs) {
    const writer = await kept.begin(run.run);
    const hosts = [];
    for (const host of run.hosts)
      hosts.push(
        host.failure === undefined
          ? {...host, evidenceHash: await writer.keepEvidence(evidenceFor(host))}
          : host,
      );
    await writer.finish({...run, hosts});
  }
}

const report = (...args: string[]) =>
  zbufctlAgain(['report', ...args, '--state-dir', state], {cwd: folder});
const verify = (...args: string[]) =>
  zbufctlAgain(['report', 'verify', ...args, '--state-dir', state], {cwd: folder});
const json = async (...args: string[]): Promise<Report> => {
  const {stdout, stderr} = await report('--json', ...args);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Report;
};

const first = makeRun(fleetOf(8).hosts, {
  run: '20261120T081500Z-audit-0001',
  startedAt: '2026-11-20T08:15:00.000Z',
  finishedAt: '2026-11-20T08:15:05.000Z',
});

const INVENTORY = `
policy:
  zerocopy: off
groups:
  edge:
    hosts: ["fw0[1-3].example.net", "fw08.example.net"]
  rest:
    hosts: ["fw04.example.net", "ids05.example.net", "jump06.example.net", "fw07.example.net", "fw99.example.net"]
`;
const waiver = (changes: Readonly<Record<string, string>>): string => {
  const fields = {
    rule: 'ZBUF-003',
    hosts: '[fw03.example.net]',
    reason: 'replaced soon',
    approver: 'Jane Doe',
    ticket: 'CHG-1',
    start: '2020-01-01',
    expiry: '2999-12-31',
    ...changes,
  };
  const text = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
  return `    - {${text}}\n`;
};
const inventory = (...waivers: readonly string[]): void => {
  const list = waivers.length === 0 ? '' : `  waivers:\n${waivers.join('')}`;
  writeFileSync(
    at('zbufctl.yaml'),
    INVENTORY.replace('  zerocopy: off\n', `  zerocopy: off\n${list}`),
  );
};

beforeEach(async () => {
  folder = freshFolder();
  state = at('state');
  await store(first, oneOfEach());
});

test('without a run the latest audit is reported, with trend, hashes, chain heads and who made it', async () => {
  const made = await json();
  expect(made.hosts).toHaveLength(8);
  expect(made.runs.map((r) => [r.run, r.role, r.chain.state])).toEqual([
    [oneOfEach().run, 'subject', 'intact'],
  ]);
  expect(made.trend.map((t) => t.run)).toEqual([first.run, oneOfEach().run]);
  expect(made.generatedBy).toMatch(/@/);
  expect(made.hosts.filter((h) => h.evidenceHash !== undefined)).toHaveLength(7);
  // No inventory, so no policy: what the audit stored of waivers stands.
  expect(made.hosts.flatMap((h) => h.findings).filter((f) => f.waived !== undefined)).toHaveLength(
    1,
  );
  expect(made.waivers).toEqual([]);
});

test('the exit code is the worst that applies: findings, unknown hosts', async () => {
  expect((await report()).code).toBe(4);
  await store(
    makeRun([makeHost({host: 'a', posture: 'compliant'})], {run: '20261125T081500Z-audit-0002'}),
  );
  expect((await report()).code).toBe(0);
  inventory();
  expect((await report()).code).toBe(4); // hosts of the inventory that nobody asked
  const risky = oneOfEach().hosts.filter((h) => h.posture === 'at-risk');
  await store(makeRun(risky, {run: '20261126T081500Z-audit-0003'}));
  rmSync(at('zbufctl.yaml'));
  expect((await report()).code).toBe(3);
  expect((await report('--fail-on', 'critical')).code).toBe(0);
});

/** A later audit, of these hosts of the fleet only. */
const later = (id: string, names: readonly string[], changes: Partial<AuditRun> = {}): AuditRun => {
  const day = `2026-11-${25 + Number(id.slice(-1))}`;
  return makeRun(
    oneOfEach().hosts.filter(({host}) => names.includes(host.split('.')[0] ?? '')),
    {
      run: `${day.replaceAll('-', '')}T081500Z-audit-${id}`,
      startedAt: `${day}T08:15:00.000Z`,
      finishedAt: `${day}T08:15:05.000Z`,
      ...changes,
    },
  );
};

test('a partial, named or interrupted run does not push the fleet away, and the report says which runs it is of', async () => {
  inventory();
  const fw02 = later('0001', ['fw02'], {asked: 'named'});
  const cut = later('0002', ['fw01', 'fw03'], {interrupted: true});
  await store(fw02, cut);
  for (const args of [[], ['latest']]) {
    const made = await json(...args);
    expect(made.hosts.map(({host, run}) => [host.split('.')[0], run === fw02.run])).toEqual([
      ['fw01', false],
      ['fw02', true],
      ['fw03', false],
      ['fw04', false],
      ['fw07', false],
      ['fw08', false],
      ['ids05', false],
      ['jump06', false],
    ]);
    expect(made.basis).toBe('newest');
    expect(made.runs.map(({run, hosts}) => [run, hosts])).toEqual([
      [oneOfEach().run, 7],
      [fw02.run, 1],
    ]);
    // Parts of a fleet are no points of its history.
    expect(made.trend.map(({run}) => run)).toEqual([first.run, oneOfEach().run]);
  }
  const {stdout} = await report();
  expect(stdout).toContain(`from 2 audits: ${fw02.run} (1 host), ${oneOfEach().run} (7 hosts)`);
  expect((await json(cut.run)).runs.map(({run}) => run)).toEqual([cut.run]);
});

rarely('without an inventory the scope is the newest whole fleet', async () => {
  await store(later('0001', ['fw02'], {asked: 'named'}));
  expect((await json()).hosts).toHaveLength(8);
});

test('a host that did not answer since is shown as it was, marked, and keeps the exit code at 4', async () => {
  const clean = makeRun(
    [makeHost({host: 'a', posture: 'compliant'}), makeHost({host: 'b', posture: 'compliant'})],
    {
      run: '20261126T081500Z-audit-0001',
      asked: 'inventory',
    },
  );
  const failure = {kind: 'timed-out', message: 'nothing in 10 s', fix: 'Look.'} as const;
  const silent = makeRun(
    [
      makeHost({host: 'a', posture: 'compliant'}),
      makeHost({host: 'b', posture: 'unreachable', failure}),
    ],
    {run: '20261127T081500Z-audit-0002', asked: 'inventory'},
  );
  await store(clean, silent);
  const made = await json();
  expect(made.hosts.map(({host, posture, laterTry}) => [host, posture, laterTry?.run])).toEqual([
    ['a', 'compliant', undefined],
    ['b', 'compliant', silent.run],
  ]);
  const shown = await report();
  expect(shown.code).toBe(4);
  expect(shown.stdout).toMatch(/1 host has not responded since/);
});

test('an interrupted run is all there is: it is used, and a line says so', async () => {
  rmSync(state, {recursive: true});
  const cut = later('0003', ['fw01', 'fw08'], {interrupted: true});
  await store(cut);
  const {stderr, code} = await report();
  expect(stderr).toContain(`the interrupted run ${cut.run}`);
  expect(code).toBe(4);
});

test('an inventory of which nobody was ever asked: nothing was assessed', async () => {
  writeFileSync(at('zbufctl.yaml'), 'groups: {new: {hosts: [x1, x2]}}\n');
  const {stdout, code} = await report();
  expect(stdout).toContain('No host responded: nothing was assessed.');
  expect(code).toBe(4);
});

test('waivers of the policy are applied, and expired or unmatched ones are findings', async () => {
  inventory(
    waiver({}),
    waiver({ticket: 'CHG-2', expiry: '2021-01-01'}),
    waiver({ticket: 'CHG-3', rule: 'ZBUF-006'}),
  );
  const made = await json();
  expect(made.waivers.map((s) => [s.waiver.ticket, s.standing])).toEqual([
    ['CHG-1', 'in-force'],
    ['CHG-2', 'expired'],
    ['CHG-3', 'unmatched'],
  ]);
  expect(made.policyFindings.map((f) => f.rule)).toEqual(['ZBUF-W01', 'ZBUF-W02']);
  const fw03 = made.hosts.find((h) => h.host === 'fw03.example.net');
  expect(fw03?.posture).toBe('drift');
  expect(fw03?.findings.find((f) => f.rule === 'ZBUF-003')?.waived).toContain('replaced soon');
  // The mark the audit stored goes: no waiver of today's policy stands behind it.
  expect(made.hosts.flatMap((h) => h.findings).filter((f) => f.waived !== undefined)).toHaveLength(
    1,
  );
  expect(made.scope.missing.map((m) => [m.host, m.why])).toEqual([
    ['fw08.example.net', 'timed-out'],
    ['fw99.example.net', 'not-asked'],
  ]);
  expect(made.policies).toEqual([
    {zerocopy: 'off', hosts: 9, examples: expect.any(Array) as string[]},
  ]);
});

test('a waiver without an end, or with a date that can be read two ways, stops the report', async () => {
  for (const bad of [
    waiver({expiry: ''}),
    waiver({expiry: '01/02/2027'}),
    waiver({rule: 'ZBUF-999'}),
  ]) {
    inventory(bad);
    const {code, stdout, stderr} = await report();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/zbufctl\.yaml/);
  }
});

test('the policy adds controls, and what it gets wrong there is told', async () => {
  const controls = (control: string) =>
    INVENTORY.replace(
      '  zerocopy: off\n',
      `  zerocopy: off\n  controls:\n    rules: {ZBUF-001: [{framework: nist-800-53-r5, control: ${control}, why: We say so.}]}\n`,
    );
  writeFileSync(at('zbufctl.yaml'), controls('AU-9'));
  const made = await json();
  const au9 = made.frameworks[0]?.controls.find((c) => c.control === 'AU-9');
  expect(au9?.because).toContainEqual({rule: 'ZBUF-001', why: 'We say so.'});
  writeFileSync(at('zbufctl.yaml'), controls('AU-99'));
  expect(await report()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('AU-99') as string,
  });
});

test('-g reports on a group alone, and --baseline says what is different', async () => {
  inventory();
  const made = await json('-g', 'edge', '--baseline', '20261120');
  expect(made.hosts.map((h) => h.host)).toEqual([1, 2, 3, 8].map((n) => `fw0${n}.example.net`));
  expect(made.scope.meant).toBe(4);
  expect(made.drift?.baseline.run).toBe(first.run);
  expect(made.drift?.counts.new).toBeGreaterThan(0);
  expect(made.runs.map((r) => r.role)).toEqual(['baseline', 'subject']);
});

test('several files and a summary come from one call, each signed, and OpenSSH and verify agree', async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('key')]);
  writeFileSync(at('allowed'), `auditor@example.net ${readFileSync(at('key.pub'), 'utf8')}`);
  const files = ['html', 'oscal', 'hdf', 'sarif', 'junit', 'markdown', 'csv', 'json', 'ndjson'];
  const made = await report(...files.flatMap((f) => ['-o', `${f}:r.${f}`]), '--sign', 'key');
  expect(made.stdout).toContain('of 8 hosts responded');
  for (const f of files) {
    const openssh = spawnSync(
      'ssh-keygen',
      [
        '-Y',
        'verify',
        '-n',
        'zbufctl-report',
        '-f',
        'allowed',
        '-I',
        'auditor@example.net',
        '-s',
        `r.${f}.sig`,
      ],
      {cwd: folder, input: readFileSync(at(`r.${f}`))},
    );
    expect(openssh.status, f).toBe(0);
  }
  const all = files.map((f) => `r.${f}`);
  expect(await verify(...all)).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('the signer is not verified') as string,
  });
  expect((await verify(...all, '--allowed-signers', 'allowed')).code).toBe(0);
  expect((await verify(...all, '--allowed-signers', 'allowed', '--identity', 'other')).code).toBe(
    3,
  );

  appendFileSync(at('r.html'), ' ');
  const changed = await verify(...all, '--allowed-signers', 'allowed');
  expect(changed.code).toBe(3);
  expect(changed.stdout.split('\n').filter((line) => line.includes('BAD SIGNATURE'))).toEqual([
    expect.stringContaining('r.html') as string,
  ]);
  rmSync(at('r.json.sig'));
  expect((await verify('r.json')).stdout).toContain('not signed: there is no');
});

rarely('a signature made by ssh-keygen itself is accepted', async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', '', '-f', at('key')]);
  writeFileSync(at('allowed'), `auditor ${readFileSync(at('key.pub'), 'utf8')}`);
  await report('-o', 'json:r.json');
  execFileSync(
    'ssh-keygen',
    ['-q', '-Y', 'sign', '-n', 'zbufctl-report', '-f', at('key'), at('r.json')],
    {
      stdio: 'pipe',
    },
  );
  const {code, stdout} = await verify('r.json', '--allowed-signers', 'allowed', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'zbufctl.report-verify/1',
    reports: [
      {
        file: 'r.json',
        signature: {state: 'good', principals: ['auditor']},
        otherChains: [],
        notStored: [],
      },
    ],
  });
});

test(
  'a changed byte anywhere in the store is found, and the first broken link is named',
  {timeout: 180_000},
  async () => {
    expect((await verify()).code).toBe(0);
    const runs = join(state, 'runs');
    const files = readdirSync(runs, {recursive: true, encoding: 'utf8'})
      .map((name) => join(runs, name))
      .filter((path) => statSync(path).isFile() && !/(summary|chain-head)\.json$/.test(path));
    expect(files.length).toBeGreaterThan(10);
    // One of each kind of file in each run, a byte in the middle of it.
    const tried = files.filter(
      (path) => !path.includes('/evidence/') || path.endsWith('fw01.example.net.json'),
    );
    for (const path of tried) {
      const whole = readFileSync(path);
      const changed = Buffer.from(whole);
      const middle = Math.floor(changed.length / 2);
      changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
      writeFileSync(path, changed);
      const {code, stdout} = await verify();
      expect([path, code]).toEqual([path, 3]);
      expect(stdout).toContain(
        `the first broken link is ${path.slice(runs.length + 1).split('/')[0] ?? ''}`,
      );
      writeFileSync(path, whole);
    }
    expect((await verify()).code).toBe(0);
  },
);

rarely('a report over a store that was changed says so, and a changed run is refused', async () => {
  const runs = join(state, 'runs');
  appendFileSync(join(runs, oneOfEach().run, 'evidence', 'fw01.example.net.json'), ' ');
  const {code, stdout} = await report();
  expect(code).toBeGreaterThanOrEqual(3);
  expect(stdout).toContain('BROKEN');
  appendFileSync(join(runs, oneOfEach().run, 'run.json'), ' ');
  expect((await report()).code).toBe(5);
});

rarely(
  'a JSON report knows the runs it was made from: another store does not pass for them',
  async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('key')]);
    await report('-o', 'json:r.json', '--sign', 'key');
    rmSync(state, {recursive: true});
    await store(makeRun(fleetOf(2).hosts)); // the same id, other hosts
    const {code, stdout} = await verify('r.json');
    expect(code).toBe(3);
    expect(stdout).toContain(
      `${oneOfEach().run}: what is stored is not what the report was made from`,
    );
  },
);

test('what can not be done is told with what to do', async () => {
  expect(await report('--sign', 'key')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('file to sign') as string,
  });
  expect(await report('-o', 'html:r.html', '--sign', 'nokey')).toMatchObject({code: 2});
  expect(readdirSync(folder)).not.toContain('r.html');
  expect(await report('-o', 'pdf')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('oscal') as string,
  });
  expect(await report('2027')).toMatchObject({code: 2});
  expect(await verify('nofile.html')).toMatchObject({code: 2});
  rmSync(state, {recursive: true});
  expect(await report()).toMatchObject({code: 2, stdout: ''});
});

rarely('a report that saw more of the chain than the store has tells so', async () => {
  await report('-o', 'json:r.json');
  const made = JSON.parse(readFileSync(at('r.json'), 'utf8')) as {
    runs: {run: string; chain: object}[];
  };
  const [seen] = made.runs;
  expect(seen?.chain).toMatchObject({
    state: 'intact',
    sequence: 2,
    first: expect.any(String) as string,
  });
  made.runs.push({run: 'gone', chain: {...seen?.chain, head: 'ab'.repeat(32), sequence: 27}});
  writeFileSync(at('r.json'), JSON.stringify(made));

  const checked = await verify('r.json');

  expect(checked.stdout).toContain('the report saw run 27 of this chain, the store ends at 2');
  expect(checked.stdout).toContain('not signed');
  expect(checked.code).toBe(3);
});

test('a bundle is judged again where nothing is stored; what does not come out again is told', async () => {
  // The findings of these hosts are invented, so the real rules say something else.
  const made = await report('--bundle', 'bundle.json');
  expect(made.stderr).toMatch(/^The bundle does not give the verdicts of the report again:$/m);
  expect(made.stderr).toMatch(/^Wrote bundle\.json/m);

  const again = await zbufctlAgain(['report', 'verify', 'bundle.json', '--rejudge'], {cwd: folder});
  expect(again.stdout).toMatch(/^ {2}judged again: the same verdicts on \d of 7 hosts/m);
  expect(again.stdout).toMatch(/^ {2}\S+: ZBUF-\d{3}.* was reported as .*, and is /m);
  // Nobody signed it either, and 4 is the larger.
  expect(again.code).toBe(4);
});
