import {createHash} from 'node:crypto';

import {describe, expect, test} from 'vitest';

import {loadServices} from '../../src/cli/hosts/load-services.js';
import type {Machine} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import type {AuditedCapture, CaptureList} from '../../src/model/captured.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {ModeObject} from '../../src/model/mode.js';
import {MODE_MAP, OBJECT_MODES, objectPath} from '../../src/model/mode.js';
import {auditedCaptures} from '../../src/rules/reading/audited-captures.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';
import {practiceEvidence} from '../collect/practice-evidence.js';
import {schemaComplaints} from '../json-schema.js';

import {judgeEvidence} from './scene.js';
import {toldByKernel} from './told-by-kernel.js';

const services = await loadServices();

/**
 * The real collector on practice hosts whose programs were given a mode (facts:
 * per-program-modes.md).
 */

/** Each scenario is made, and asked by the collector, once. */
const machines = new Map<string, Machine>();
const collected = new Map<Machine, Evidence>();

function machineOf(scenario: ScenarioName, release: '13.2' | '15.1' = '15.1'): Machine {
  const key = `${scenario} ${release}`;
  const machine =
    machines.get(key) ??
    SCENARIOS[scenario].machine({release, hostname: 'fw01', bootTime: 1_795_000_000});
  machines.set(key, machine);
  return machine;
}

/** What the package would know its objects by: those the machine has. */
const objectsOf = ({files}: Machine): readonly ModeObject[] =>
  OBJECT_MODES.flatMap((mode): ModeObject[] => {
    const file = files[objectPath(mode)];
    if (file === undefined) return [];
    const sha256 = createHash('sha256').update(Buffer.from(file.content, 'latin1')).digest('hex');
    return [{mode, machine: 'amd64', sha256}];
  });

function evidenceOf(machine: Machine, objects = objectsOf(machine)): Evidence {
  const evidence = collected.get(machine) ?? practiceEvidence(machine);
  collected.set(machine, evidence);
  expect(schemaComplaints('src/collect/evidence.schema.json')(evidence)).toEqual([]);
  return withOurObjects({...evidence}, objects);
}

const summaries = (evidence: Evidence, rule: string): readonly string[] =>
  judgeEvidence(evidence)
    .findings.filter((f) => f.rule === rule)
    .map((f) => `${f.verdict}: ${f.summary}`);

describe.each(['15.1', '13.2'] as const)('on %s', (release) => {
  test.each([
    ['mode-buffered', 'buffered', '/sbin/pflogd', /cannot be in zero-copy mode/],
    [
      'mode-inherit',
      'inherit',
      '/sbin/pflogd',
      /does not share its capture|cannot be in zero-copy/,
    ],
    [
      'mode-private',
      'private',
      '/usr/sbin/tcpdump',
      /does not share its capture|cannot be in zero-copy/,
    ],
  ] as const)('%s is safe with zero-copy on', (scenario, mode, program, says) => {
    const evidence = evidenceOf(machineOf(scenario, release));
    const judged = judgeEvidence(evidence);

    expect(
      judged.findings.filter((f) => f.verdict === 'fail' || f.verdict === 'unknown'),
    ).toMatchObject([{rule: 'ZBUF-010'}]);
    expect(judged.posture).toBe('compliant');
    expect(summaries(evidence, 'ZBUF-014')).toEqual([`pass: ${program} gets the mode ${mode}.`]);
    expect(summaries(evidence, 'ZBUF-002')[0]).toMatch(says);
    expect(summaries(evidence, 'ZBUF-003')[0]).toMatch(says);
  });
});

test('without the mode the same pf logger would lose its capture', () => {
  const machine = machineOf('mode-buffered');
  const {[MODE_MAP]: _, ...files} = machine.files;
  expect(summaries(evidenceOf({...machine, files}), 'ZBUF-002')[0]).toMatch(
    /^fail: .*will lose it/,
  );
});

test('an object that is not ours, byte for byte, is not known to be safe', () => {
  const evidence = evidenceOf(machineOf('mode-buffered'), []);
  expect(summaries(evidence, 'ZBUF-002')[0]).toMatch(/^unknown: .*libpcap-buffered\.so/);
  expect(summaries(evidence, 'ZBUF-014')[0]).toMatch(/^unknown: .*not an object of this zbufctl/);
});

test('private mode does not save a child that captures', () => {
  const machine = machineOf('mode-inherit');
  const map = machine.files[MODE_MAP];
  const content = map?.content.replace('inherit', 'private') ?? '';
  const files = {
    ...machine.files,
    [MODE_MAP]: {content},
    [objectPath('private')]: {content: machine.files[objectPath('inherit')]?.content ?? ''},
  };
  const changed = {...machine, files};
  expect(summaries(evidenceOf(changed), 'ZBUF-002')[0]).toMatch(/^fail: .*will lose it/);
});

test('a mapping that another section shadows is found, and the capture judged without it', () => {
  const evidence = evidenceOf(machineOf('mode-shadowed'));
  expect(summaries(evidence, 'ZBUF-014')[0]).toMatch(/^fail: .*does not get it/);
  expect(summaries(evidence, 'ZBUF-002')[0]).toMatch(/^fail: .*will lose it/);
});

test('a mapping that counts only at the next start is found', () => {
  const machine = machineOf('mode-buffered');
  const units = SCENARIOS['stalled-pflogd'].machine({
    release: '15.1',
    hostname: 'fw01',
    bootTime: 1_795_000_000,
  }).units;
  const evidence = evidenceOf({...machine, units});
  expect(summaries(evidence, 'ZBUF-014')[0]).toMatch(/^fail: .*pid \d+ runs without it/);
  expect(summaries(evidence, 'ZBUF-001')[0]).toMatch(/^fail: /);
});

test('an object that is gone is found, and so is a program that is not there', () => {
  const machine = machineOf('mode-buffered');
  const {[objectPath('buffered')]: _, ...files} = machine.files;
  expect(summaries(evidenceOf({...machine, files}), 'ZBUF-014')[0]).toMatch(
    /is not there, and it does not start/,
  );
});

test('what others put before a libpcap is named', () => {
  for (const [scenario, path] of [
    ['libmapped-pflogd', '/usr/local/lib/capturemode/libpcap-buffered.so'],
    ['preloaded-pflogd', '/usr/local/lib/libhook.so'],
  ] as const) {
    const [first] = summaries(evidenceOf(machineOf(scenario)), 'ZBUF-014');
    expect(first).toMatch(/^not-applicable: No program is given a buffer mode\./);
    expect(first).toContain(path);
  }
});

test('under inherit whoever has the buffers, and does not capture, can read the packets', () => {
  const machine = machineOf('mode-inherit');
  const evidence = evidenceOf(machine);
  expect(summaries(evidence, 'ZBUF-012')).toEqual([
    'pass: No process without a capture shares the pages of one.',
  ]);
  // The same, with a parent that has closed its descriptor.
  const holders =
    evidence.holders.state === 'read'
      ? {...evidence.holders, value: evidence.holders.value.filter(({pid}) => pid !== 3363)}
      : evidence.holders;
  expect(summaries({...evidence, holders}, 'ZBUF-012')).toEqual([
    'fail: Pid 3363 does not capture, but shares memory with the capture of pflogd (pid 3365) on pflog0.',
  ]);
});

test('a report shows the mode every capture was given', () => {
  const {findings} = judgeEvidence(evidenceOf(machineOf('mode-buffered')));
  const [stalled] = findings.filter(({rule}) => rule === 'ZBUF-001');
  expect(stalled?.because.map(({reading}) => reading)).toContain(
    'buffer mode of pflogd (pid 3365) on pflog0 was given',
  );
});

describe('what a stop waits for goes by the mode in force', () => {
  const pflogd = (kernel?: 'zbuf' | 'buffer'): readonly string[] => {
    const evidence = evidenceOf(machineOf('mode-inherit'));
    return summaries(
      kernel === undefined ? evidence : toldByKernel(evidence, () => kernel),
      'ZBUF-013',
    );
  };

  test('healthy in zero-copy mode: the next packet, which on a quiet interface may take long', () => {
    expect(pflogd('zbuf')).toEqual([
      'pass: pflogd (pid 3365) captures in zero-copy mode on pflog0, where packets arrive: its stop may wait for the next one, which comes. It is not stalled.',
    ]);
    const evidence = evidenceOf(machineOf('mode-inherit'));
    const [first] = evidence.samples;
    const quiet = toldByKernel({...evidence, samples: [first, first]}, () => 'zbuf');
    expect(summaries(quiet, 'ZBUF-013')[0]).toMatch(
      /^pass: pflogd .* where no packet came while we looked: its stop may wait for the next one/,
    );
    expect(pflogd()[0]).toMatch(/^pass: pflogd .* may capture in zero-copy mode on pflog0/);
  });

  test('buffered: nothing, whatever the value is', () => {
    const atOnce = ['pass: No capture is in the state in which its stop hangs.'];
    expect(pflogd('buffer')).toEqual(atOnce);
    expect(summaries(evidenceOf(machineOf('mode-buffered')), 'ZBUF-013')).toEqual(atOnce);
  });

  test('a tcpdump in zero-copy mode ends at its signal, and a stalled daemon does not', () => {
    expect(
      summaries(
        toldByKernel(evidenceOf(machineOf('mode-private')), () => 'zbuf'),
        'ZBUF-013',
      ),
    ).toEqual(['pass: No capture is in the state in which its stop hangs.']);
    expect(summaries(evidenceOf(machineOf('stalled-pflogd')), 'ZBUF-013')[0]).toMatch(
      /^fail: service pflog stop will hang/,
    );
  });
});

describe('every capture is listed with its mode', () => {
  const listOf = (evidence: Evidence): CaptureList =>
    auditedCaptures({evidence, services, policy: {}});
  test.each<[ScenarioName, 'zbuf' | 'buffer' | undefined, object]>([
    ['mode-buffered', undefined, {mode: 'buffered', by: 'observed', given: 'buffered'}],
    ['mode-inherit', undefined, {mode: 'unknown', by: 'nobody', given: 'inherit'}],
    ['mode-inherit', 'zbuf', {mode: 'inherit', by: 'kernel', given: 'inherit'}],
    ['mode-inherit', 'buffer', {mode: 'buffered', by: 'kernel', given: 'inherit'}],
    ['mode-private', 'zbuf', {mode: 'private', by: 'kernel', given: 'private'}],
    ['mode-buffered', 'zbuf', {mode: 'zbuf', by: 'kernel', given: 'buffered'}],
    ['stalled-pflogd', 'zbuf', {mode: 'zbuf', by: 'kernel'}],
    ['healthy', undefined, {mode: 'buffered', by: 'observed'}],
  ])('%s, and the kernel says %s', (scenario, kernel, expected) => {
    const evidence = evidenceOf(machineOf(scenario));
    const list = listOf(kernel === undefined ? evidence : toldByKernel(evidence, () => kernel));
    if (!Array.isArray(list) || list[0] === undefined) throw new Error('no capture');
    const {mode, by, given} = list[0] as AuditedCapture;
    expect({mode, by, ...(given === undefined ? {} : {given})}).toEqual(expected);
  });

  test('what could not be read is not an empty list', () => {
    const evidence = evidenceOf(machineOf('healthy'));
    const [first, second] = evidence.samples;
    const with_ = (descriptors: typeof first.descriptors): Evidence => ({
      ...evidence,
      samples: [
        {...first, descriptors},
        {...second, descriptors},
      ],
    });
    expect(listOf(with_(unreadable('no')))).toBe('unreadable');
    expect(listOf(with_(absent))).toBe(null);
    expect(listOf(with_(read([])))).toEqual([]);
  });
});
