import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {Lab} from '../../src/lab/start-lab.js';
import {startLab} from '../../src/lab/start-lab.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import type {ProbeRun} from '../../src/model/probe.js';
import type {Report} from '../../src/model/report.js';
import {schemaComplaints} from '../json-schema.js';
import {built} from '../native/probe-program.js';

import {documentOf, freshFolder, zbufctlAgain} from './cli.js';
import {EVERY} from '../tools/sampled.js';

/** Elsewhere seen in less time: here with test:every. */
const rarely = test.skipIf(!EVERY);

let dir: string;
let lab: Lab;
let model: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  lab = await startLab({
    dir: join(dir, 'lab'),
    hosts: [
      {name: 'sick', scenario: 'stalled-pflogd'},
      {name: 'gone', scenario: 'refuses'},
    ],
  });
  model = await built('zbufprobe-model');
});

afterAll(async () => {
  await lab.stop();
  rmSync(dir, {recursive: true, force: true});
});

test('probe --local --model shows the truth table, labelled as a model', async () => {
  const {code, stdout} = await zbufctlAgain(['probe', '--local', '--model']);

  expect(code).toBe(0);
  expect(stdout).toContain('A MODEL of the kernel');
  expect(stdout).toContain('SHARE only');
  expect(stdout).toContain('☠');
});

test('probe sends a program to hosts, keeps the run, and says what keeps a host from answering', async () => {
  const state = freshFolder();
  const args = [
    'probe',
    '-i',
    lab.inventoryPath,
    '--program',
    model,
    '--json',
    '--state-dir',
    state,
  ];
  const {code, stdout, stderr} = await zbufctlAgain(args);

  const run = documentOf({code, stdout, stderr}) as ProbeRun;
  expect(schemaComplaints('src/probe/probe.schema.json', '', false)(run)).toEqual([]);
  expect(run.hosts.map((h) => [h.host, h.model, h.error?.code])).toEqual([
    ['sick', true, undefined],
    ['gone', false, 'unreachable'],
  ]);
  expect(code).toBe(4);
  expect(readdirSync(join(state, 'runs'))).toContain(run.run);
});

rarely(
  'probe --only limits the matrix, and a cell that does not exist is wrong usage',
  async () => {
    const {stdout, code, stderr} = await zbufctlAgain([
      'probe',
      '--local',
      '--model',
      '--only',
      'zbuf/share',
      '--json',
    ]);
    const [host] = (documentOf({code, stdout, stderr}) as ProbeRun).hosts;
    expect(new Set(host?.matrix.map((c) => `${c.mode}/${c.inherit}`))).toEqual(
      new Set(['zbuf/share']),
    );

    expect(
      (await zbufctlAgain(['probe', '--local', '--model', '--only', 'zbuf/nonsense'])).code,
    ).toBe(2);
  },
);

test('practice hosts answer from the model, and no report takes that for a measurement', async () => {
  const state = freshFolder();
  const args = ['sick', '-i', lab.inventoryPath, '--state-dir', state];
  const {code, stdout} = await zbufctlAgain([
    'probe',
    ...args,
    '-o',
    'table',
    '-o',
    `json:${join(state, 'p.json')}`,
  ]);

  expect(code).toBe(0);
  expect(stdout).toContain('sick (practice): model');
  expect(stdout).toContain('A MODEL of the kernel');
  const run = JSON.parse(readFileSync(join(state, 'p.json'), 'utf8')) as ProbeRun;
  expect(run.hosts).toMatchObject([{host: 'sick', practice: true, model: true}]);
  expect(schemaComplaints('src/probe/probe.schema.json', '', false)(run)).toEqual([]);

  const audited = await zbufctlAgain(['audit', ...args, '--with-helper']);
  expect(audited.stdout).toContain('helper on 1 practice host: a model of the kernel answered');
  expect(audited.stdout).not.toContain('helper failed');
  expect(audited.stdout).toContain('Practice: 1 of 1 host');

  const report = await zbufctlAgain([
    'report',
    'latest',
    '--json',
    '--state-dir',
    state,
    '-i',
    lab.inventoryPath,
  ]);
  const said = documentOf(report) as Report;
  expect(said.probes).toEqual([]);
  const [host] = said.hosts.filter(({host: name}) => name === 'sick');
  expect(host?.helper).toEqual({state: 'model'});
  expect(host?.findings.find(({rule}) => rule === 'ZBUF-010')?.verdict).toBe('unknown');
});

test('a helper that crashes is told in words, in every format for people', async () => {
  const crash = join(dir, 'crash');
  writeFileSync(crash, '#!/bin/sh\nkill -SEGV $$\n');
  const state = freshFolder();
  const files = ['html', 'markdown'].map((format) => ({format, file: join(state, format)}));
  const args = ['audit', 'sick', '-i', lab.inventoryPath, '--state-dir', state, '--with-helper'];
  const {stdout} = await zbufctlAgain([
    ...args,
    ...['--program', crash, '-v', '-o', 'table'],
    ...files.flatMap(({format, file}) => ['-o', `${format}:${file}`]),
  ]);

  const why = 'the helper did not run: exit 139, Segmentation fault';
  expect(stdout).toContain(`helper failed on 1 of 1 hosts: ${why}`);
  expect(stdout).toContain(`asked of the kernel is unreadable: ${why}`);
  for (const {file} of files)
    expect(readFileSync(file, 'utf8')).toContain(`The helper failed: ${why}`);
});

rarely('a practice host that does not answer is still one in the result', async () => {
  const state = freshFolder();
  const args = ['audit', 'gone', '-i', lab.inventoryPath, '--state-dir', state];
  const formats = ['markdown', 'html'].map((format) => ({format, file: join(state, format)}));
  const {stdout} = await zbufctlAgain([
    ...args,
    ...['-o', 'table'],
    ...formats.flatMap(({format, file}) => ['-o', `${format}:${file}`]),
  ]);

  const banner = 'Practice: 1 of 1 host simulated by zbufctl lab, not real systems.';
  expect(stdout).toContain(banner);
  for (const {file} of formats) expect(readFileSync(file, 'utf8')).toContain(banner);
  expect((await zbufctlAgain(['report', 'latest', '--state-dir', state])).stdout).toContain(banner);
});

test('audit --with-helper reads the buffer mode, and the finding shows it', async () => {
  const helper = join(dir, 'helper');
  const descriptor = {
    pid: 3883,
    interfaceName: 'pflog0',
    mode: 'zbuf',
    received: 240,
    dropped: 0,
    matched: 240,
    storeLength: 24316,
    holdLength: 12156,
    bufferSize: 524256,
    zeroCopies: 718,
    direction: 1,
    promiscuous: true,
    immediate: false,
    locked: true,
  };
  const report = {
    schema: 'zbufctl.native-probe/1',
    kernel: '15.1-RELEASE-p1',
    machine: 'amd64',
    model: false,
    interface: 'lo0',
    zerocopyBefore: 1,
    zerocopyAfter: 1,
    elapsedMilliseconds: 1,
    matrix: [],
    descriptors: [descriptor],
    descriptorTotal: 1,
  };
  writeFileSync(helper, `#!/bin/sh\necho '${JSON.stringify(report)}'\n`);
  chmodSync(helper, 0o755);
  const state = freshFolder();
  const args = ['audit', 'sick', '-i', lab.inventoryPath, '--json', '--state-dir', state];
  const {stdout, code, stderr} = await zbufctlAgain([
    ...args,
    '--with-helper',
    '--program',
    helper,
  ]);

  const [host] = (documentOf({code, stdout, stderr}) as AuditRun).hosts;
  const stall = host?.findings.find((f) => f.rule === 'ZBUF-001');
  expect(stall?.verdict).toBe('fail');
  expect(stall?.because).toContainEqual(
    expect.objectContaining({source: 'net.bpf.stats', value: 'zero-copy'}),
  );
});
