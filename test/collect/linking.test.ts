import {afterEach, expect, test} from 'vitest';

import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import type {Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import {judgeEvidence} from '../rules/scene.js';
import {schemaComplaints} from '../json-schema.js';

/** The real collector on practice hosts: which libpcap is in force, and what of it leaves the host. */
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

function collected(
  scenario: ScenarioName,
  release: '13.2' | '15.1' = '15.1',
): {text: string; evidence: Evidence} {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-linking-'));
  folders.push(folder);
  const machine = SCENARIOS[scenario].machine({release, hostname: 'fw01', bootTime: 1_795_000_000});
  const root = join(folder, 'root');
  hostTree(machine, {root, sharedDir: join(folder, 'shared'), password: 'x'});
  const text = execFileSync('/bin/sh', ['templates/collect.sh', '0'], {
    env: {ZBUFCTL_ROOT: root, LAB_UID: '0', PATH: '/bin:/usr/bin'},
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  const meta = {host: 'fw01', address: 'fw01', collectedAt: '2026-11-24T08:15:00.000Z'};
  const parsed = parseCollectorOutput(Buffer.from(text, 'latin1'), meta);
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(schemaComplaints('src/collect/evidence.schema.json')(parsed.value)).toEqual([]);
  return {text, evidence: parsed.value};
}

const finding = (evidence: Evidence, rule: string) =>
  judgeEvidence(evidence).findings.find((f) => f.rule === rule);

test('a libpcap that libmap.conf maps is judged by what takes its place, and named', () => {
  const {evidence, text} = collected('libmapped-pflogd');
  expect(text).toMatch(/\tlibpcap\.so\.8 => \/usr\/local\/lib\/capturemode\/libpcap-buffered\.so/);
  expect(text).toMatch(/\t\/lib\/libpcap\.so\.8 => \/lib\/libpcap\.so\.8/);
  expect(evidence.linking?.libmap.map((f) => f.path)).toEqual([
    '/etc/libmap.conf',
    '/usr/local/etc/libmap.d/capture.conf',
  ]);
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.verdict).toBe('unknown');
  expect(found?.summary).toMatch(/libpcap-buffered\.so/);
  expect(found?.because).toContainEqual({
    reading: 'libpcap mapped by libmap.conf(5)',
    source: '/usr/local/etc/libmap.d/capture.conf',
    state: 'read',
    value: '[/sbin/pflogd] libpcap.so.8 /usr/local/lib/capturemode/libpcap-buffered.so',
  });
});

test('LD_PRELOAD is seen in rc.conf and in the process, and nothing else of either leaves the host', () => {
  const {evidence, text} = collected('preloaded-pflogd');
  expect(evidence.linking?.environments).toEqual(
    read({
      3363: {LD_PRELOAD: '/usr/local/lib/libhook.so'},
      3365: {LD_PRELOAD: '/usr/local/lib/libhook.so'},
    }),
  );
  expect(text).not.toMatch(/swordfish|LOG_PASSWORD|RC_PID|HOME=/);
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.verdict).toBe('unknown');
  expect(found?.summary).toMatch(/LD_PRELOAD loads \/usr\/local\/lib\/libhook\.so before its libpcap/);
  const readings = found?.because.map((b) => `${b.source}: ${b.reading}`);
  expect(readings).toContain('rc.conf: LD_PRELOAD in pflog_env');
  expect(readings).toContain('procstat -e 3363: LD_PRELOAD of pid 3363');
});

test('a libpcap that is linked into the program is found there', () => {
  const {evidence} = collected('static-capture');
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.because.map((b) => b.reading)).toContain('libpcap inside /usr/local/sbin/statictapd');
});

test('a host on which nobody maps or preloads anything is judged as before', () => {
  const {evidence} = collected('pf-logger-at-boot', '15.1');
  expect(evidence.linking?.libmap.map((f) => f.content.state)).toEqual(['read', 'absent']);
  expect(
    judgeEvidence(evidence).findings.some((f) => f.because.some((b) => /LD_|libmap/.test(b.reading))),
  ).toBe(false);
});
