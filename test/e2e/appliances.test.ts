import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {ScenarioName} from '../../src/lab/scenarios.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import type {Finding} from '../../src/model/finding.js';

import {documentOf, zbufctlAgain} from './cli.js';

/**
 * What an audit says of each: the posture, and of each rule the verdict and what its sentence and
 * fix hold.
 */
const EXPECTED: readonly (readonly [
  ScenarioName,
  string,
  readonly (readonly [rule: string, verdict: Finding['verdict'], says: RegExp])[],
])[] = [
  [
    'opnsense',
    'compliant',
    [
      ['ZBUF-001', 'pass', /^filterlog \(pid 3365\) on pflog0 /],
      ['ZBUF-003', 'pass', /boots with 0/],
      ['ZBUF-006', 'pass', /./],
    ],
  ],
  [
    'opnsense-tunable',
    // Nothing is lost, and nobody has proven that nothing will be: the lab's policy is auto.
    'drift',
    [
      ['ZBUF-005', 'fail', /System > Settings > Tunables|zbufctl plan/],
      ['ZBUF-001', 'pass', /^filterlog \(pid 3365\) on pflog0 /],
      ['ZBUF-002', 'pass', /^filterlog .*does not share its capture with a fork/],
      ['ZBUF-003', 'pass', /^filterlog .*does not share its capture with a fork/],
      ['ZBUF-004', 'pass', /1/],
    ],
  ],
  [
    'pfsense',
    'compliant',
    [
      ['ZBUF-001', 'pass', /^filterlog \(pid 3365\) on pflog0 /],
      ['ZBUF-003', 'pass', /boots with 0/],
    ],
  ],
  [
    'bsdrp',
    'broken',
    [
      ['ZBUF-001', 'fail', /^pflogd .* has stopped recording.*config save/s],
      ['ZBUF-002', 'fail', /pflogd .*config save/s],
      ['ZBUF-003', 'fail', /pflogd .*config save/s],
      ['ZBUF-013', 'fail', /service pflog stop will hang.*config save/s],
    ],
  ],
];

let dir = '';
let run: AuditRun;
const names = new Map<string, string>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-appliances-'));
  const lab = join(dir, 'lab');
  const up = await zbufctlAgain([
    'lab',
    'up',
    '--dir',
    lab,
    ...EXPECTED.flatMap(([scenario]) => ['--scenario', scenario]),
  ]);
  expect([up.code, up.stderr]).toEqual([0, '']);
  const list = await zbufctlAgain(['lab', 'list', '--dir', lab, '--json']);
  const {hosts} = documentOf(list) as {hosts: {name: string; scenario: string}[]};
  for (const {name, scenario} of hosts) names.set(scenario, name);
  const inventory = join(lab, 'zbufctl.yaml');
  const audit = await zbufctlAgain([
    'audit',
    '-i',
    inventory,
    '--state-dir',
    join(dir, 'state'),
    '--json',
  ]);
  run = documentOf(audit) as AuditRun;
}, 120_000);

afterAll(async () => {
  await zbufctlAgain(['lab', 'down', '--dir', join(dir, 'lab')]);
  rmSync(dir, {recursive: true, force: true});
}, 60_000);

test.each(EXPECTED)('%s is %s', (scenario, posture, expected) => {
  const host = run.hosts.find(({host: name}) => name === names.get(scenario));
  expect(host?.posture).toBe(posture);
  for (const [rule, verdict, says] of expected) {
    const about = host?.findings.filter(
      (finding) => finding.rule === rule && finding.verdict === verdict,
    );
    const said = about?.map(({summary, fix}) => `${summary} ${fix}`).join('\n');
    expect(said, rule).toMatch(says);
  }
  // The filter's own log daemon is known: nothing is left open about it.
  const open = host?.findings
    .filter(({verdict}) => verdict === 'unknown')
    .map(({summary}) => summary);
  expect(open).toEqual(['This kernel was not probed.']);
});
