import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';

import {EVERY} from '../tools/sampled.js';

import {documentOf, zbufctl} from './cli.js';

/** A host costs half a second of the machine the fleet is played on. */
const HOSTS = EVERY ? 2000 : 24;
const REPORTER = join(import.meta.dirname, '..', '..', 'dist', 'src', 'build', 'usage-reporter.js');

test(
  `${HOSTS} hosts, 32 at a time: no host lost, every verdict right, and the controller stays small`,
  {timeout: EVERY ? 3_600_000 : 400_000},
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'zbufctl-fleet-'));
    const lab = join(dir, 'lab');
    const up = await zbufctl(['lab', 'up', '--hosts', String(HOSTS), '--dir', lab]);
    expect([up.code, up.stderr]).toEqual([0, '']);
    try {
      const scenarios = await scenariosOf(lab);
      const usageFile = join(dir, 'usage.json');
      const args = [
        'audit',
        '-i',
        join(lab, 'zbufctl.yaml'),
        '--json',
        '--concurrency',
        '32',
        '--timeout',
        '200',
      ];
      const {stdout, code, stderr} = await zbufctl([...args, '--state-dir', join(dir, 'state')], {
        nodeArgs: ['--import', REPORTER],
        env: {ZBUFCTL_USAGE_FILE: usageFile},
      });

      const run = documentOf({code, stdout, stderr}) as AuditRun;
      expect(run.hosts.map((h) => h.host).sort()).toEqual([...scenarios.keys()].sort());
      expect(Object.values(run.totals).reduce((a, b) => a + b, 0)).toBe(HOSTS);
      for (const host of run.hosts) {
        const scenario = scenarios.get(host.host) ?? '';
        const expected = POSTURES[scenario];
        if (expected !== undefined)
          expect([host.host, scenario, host.posture]).toEqual([host.host, scenario, expected]);
      }
      const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as {
        cpuMs: number;
        maxRssKiB: number;
      };
      process.stdout.write(
        `${HOSTS} hosts: ${(usage.cpuMs / HOSTS).toFixed(1)} ms of controller CPU a host, ${Math.round(usage.maxRssKiB / 1024)} MB\n`,
      );
      expect(usage.maxRssKiB / 1024).toBeLessThan(250);
    } finally {
      await zbufctl(['lab', 'down', '--dir', lab]);
      rmSync(dir, {recursive: true, force: true});
    }
  },
);

/** What each scenario of the default mix comes to. */
const POSTURES: Readonly<Record<string, string>> = {
  healthy: 'compliant',
  'csh-login': 'compliant',
  'stalled-pflogd': 'broken',
  'in-house-stalled': 'broken',
  'pf-logger-at-boot': 'at-risk',
  drift: 'drift',
  // The lab's policy is auto, and 1 is not proven safe here.
  'no-libpcap-zerocopy': 'drift',
  'overridden-local': 'compliant',
  'loader-conf-only': 'compliant',
  unprivileged: 'unknown',
  refuses: 'unreachable',
};

/** Host name to scenario, in the order of the fleet. */
async function scenariosOf(lab: string): Promise<Map<string, string>> {
  const {stdout, code, stderr} = await zbufctl(['lab', 'list', '--dir', lab, '--json']);
  const {hosts} = documentOf({code, stdout, stderr}) as {hosts: {name: string; scenario: string}[]};
  return new Map(hosts.map((h) => [h.name, h.scenario]));
}
