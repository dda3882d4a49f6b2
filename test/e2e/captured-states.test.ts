import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {CAPTURED_STATES, captureState} from '../lab/captured-state.js';
import {RELEASES} from '../../src/lab/machine.js';
import type {Lab} from '../../src/lab/start-lab.js';
import {startLab} from '../../src/lab/start-lab.js';
import type {AuditedHost, AuditRun} from '../../src/model/audit-run.js';

import {documentOf, zbufctlAgain} from './cli.js';

/**
 * Every captured state of both releases, once as captured (nothing arrives) and once with packets
 * arriving.
 */
const HOSTS = RELEASES.flatMap((release) =>
  CAPTURED_STATES.flatMap((state) =>
    [false, true].map((traffic) => ({
      release,
      state,
      traffic,
      name: `${release}-${state}-${traffic ? 'busy' : 'idle'}`,
    })),
  ),
);

let dir: string;
let lab: Lab;
let run: AuditRun;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  lab = await startLab({
    dir,
    hosts: HOSTS.map(({name, release, state, traffic}) => ({
      name,
      release,
      machine: captureState(release, state, traffic),
    })),
  });
  const {code, stdout, stderr} = await zbufctlAgain([
    'audit',
    '-i',
    lab.inventoryPath,
    '--json',
    '--state-dir',
    join(dir, 'state'),
  ]);
  expect(stderr).toBe('');
  expect(code).toBe(3);
  run = documentOf({code, stdout, stderr}) as AuditRun;
});

afterAll(async () => {
  await lab.stop();
  rmSync(dir, {recursive: true, force: true});
});

const hostNamed = (name: string): AuditedHost => {
  const host = run.hosts.find((h) => h.host === name);
  if (host === undefined) throw new Error(`${name} is not in the run`);
  return host;
};
const verdicts = (host: AuditedHost, rule: string): string[] =>
  host.findings.filter((f) => f.rule === rule).map((f) => f.verdict);

test('every host is in the run, in the order of the inventory', () => {
  expect(run.hosts.map((h) => h.host)).toEqual(HOSTS.map((h) => h.name));
});

describe.each(HOSTS.filter((h) => h.state === 'default'))('$name', ({name}) => {
  test('is compliant, and nothing is accused', () => {
    const host = hostNamed(name);

    expect(host.findings.filter((f) => f.verdict === 'fail')).toEqual([]);
    expect(host.posture).toBe('compliant');
    expect([host.running, host.boot]).toEqual([0, 0]);
    expect(verdicts(host, 'ZBUF-001')).toEqual(['pass']);
  });
});

describe.each(HOSTS.filter((h) => h.state === 'pflogd-stalled-zerocopy'))(
  '$name',
  ({name, release}) => {
    test('is broken: the capture is named with service and pid, and the restart is warned of', () => {
      const host = hostNamed(name);

      expect(host.posture).toBe('broken');
      const stalls = host.findings.filter((f) => f.rule === 'ZBUF-001');
      expect(stalls.map((f) => [f.verdict, f.service, f.pid])).toEqual([
        ['fail', 'pflogd', release === '13.2' ? 3883 : 2240],
      ]);
      expect(verdicts(host, 'ZBUF-002')).toContain('fail');
      expect(verdicts(host, 'ZBUF-013')).toEqual(['fail']);
    });
  },
);

describe.each(HOSTS.filter((h) => h.state === 'tcpdump-n-zerocopy-healthy'))('$name', ({name}) => {
  test('is not accused of a stall; the enabled pflogd is the risk', () => {
    const host = hostNamed(name);

    expect(verdicts(host, 'ZBUF-001')).toEqual(['pass']);
    expect(host.posture).toBe('at-risk');
    const risks = host.findings.filter((f) => f.rule === 'ZBUF-002' && f.verdict === 'fail');
    expect(risks.map((f) => f.service)).toEqual(['pflogd']);
  });
});
