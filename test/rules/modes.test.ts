import {createHash} from 'node:crypto';

import {describe, expect, test} from 'vitest';

import type {Machine} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {ModeObject} from '../../src/model/mode.js';
import {MODE_MAP, OBJECT_MODES, objectPath} from '../../src/model/mode.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';
import {practiceEvidence} from '../collect/practice-evidence.js';
import {schemaComplaints} from '../json-schema.js';

import {judgeEvidence} from './scene.js';

/**
 * The real collector on practice hosts whose programs were given a mode (facts:
 * per-program-modes.md).
 */

const machineOf = (scenario: ScenarioName, release: '13.2' | '15.1' = '15.1'): Machine =>
  SCENARIOS[scenario].machine({release, hostname: 'fw01', bootTime: 1_795_000_000});

/** What the package would know its objects by: those the machine has. */
const objectsOf = ({files}: Machine): readonly ModeObject[] =>
  OBJECT_MODES.flatMap((mode): ModeObject[] => {
    const file = files[objectPath(mode)];
    if (file === undefined) return [];
    const sha256 = createHash('sha256').update(Buffer.from(file.content, 'latin1')).digest('hex');
    return [{mode, machine: 'amd64', sha256}];
  });

function evidenceOf(machine: Machine, objects = objectsOf(machine)): Evidence {
  const evidence = practiceEvidence(machine);
  expect(schemaComplaints('src/collect/evidence.schema.json')(evidence)).toEqual([]);
  return withOurObjects(evidence, objects);
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
