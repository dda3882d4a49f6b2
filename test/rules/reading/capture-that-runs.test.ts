import {readFileSync} from 'node:fs';

import {expect, test} from 'vitest';

import {parseCollectorOutput} from '../../../src/collect/collector-output.js';
import type {Evidence} from '../../../src/model/evidence.js';
import {read} from '../../../src/model/reading.js';
import {practiceEvidence} from '../../collect/practice-evidence.js';
import {machineOf} from '../../lab/practice-root.js';
import {hostOf, judgeEvidence, pages} from '../scene.js';

const evidenceOf = (name: string): Evidence => {
  const parsed = parseCollectorOutput(readFileSync(`test/rules/not-started-by-rc/${name}.txt`), {
    host: name,
    address: name,
    collectedAt: '2026-11-24T08:15:00.000Z',
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};

test.each([
  ['e-on1', 'at-risk', 'fail', /pflogd .* will lose it at its next start/],
  ['e-on2', 'at-risk', 'fail', /pflogd .* will lose it at its next start/],
  ['e-on3', 'unknown', 'unknown', /flowtapd may lose its capture at its next start/],
])('%s: a capture that runs counts, whoever started it', (name, posture, verdict, summary) => {
  const host = judgeEvidence(evidenceOf(name));
  expect(host.posture).toBe(posture);
  const finding = host.findings.find((f) => f.rule === 'ZBUF-002');
  expect(finding).toMatchObject({verdict, summary: expect.stringMatching(summary) as string});
});

test('the boot value is judged by what runs, too: whatever started it will start it again', () => {
  const [finding] = judgeEvidence(evidenceOf('e-on2')).findings.filter(
    (f) => f.rule === 'ZBUF-003',
  );
  expect(finding?.verdict).toBe('fail');
  expect(finding?.summary).toMatch(/will lose it when it is started after the next boot/);
});

test.each(['e-on1', 'e-on2', 'e-on3', 'e-opn'])(
  '%s: no sentence denies the capture that runs',
  (name) => {
    const {findings} = judgeEvidence(evidenceOf(name));
    expect(findings.filter((f) => /no (capture program|program has)/i.test(f.summary))).toEqual([]);
    const about = findings.find((f) => f.rule === 'ZBUF-002');
    expect(about?.summary).toMatch(/pflogd|flowtapd|filterlog/);
  },
);

test('a handle that is open without an interface is not denied', () => {
  const host = hostOf({});
  const open = {
    pid: 7,
    command: 'dhcpd',
    fd: '3',
    refCount: read(1),
    offset: read(0),
    path: '/dev/bpf',
  };
  const {findings} = judgeEvidence({...host, holders: read([open])});
  expect(findings.find((f) => f.rule === 'ZBUF-001')?.summary).toBe(
    '1 process has /dev/bpf open, and none captures on an interface.',
  );
});

test.each<[string, Record<string, string>, string, string | undefined]>([
  [
    'a program it starts',
    {'cap.sh': '#!/bin/sh\n/usr/sbin/tcpdump -i em0 -w /x &\n'},
    'fail',
    'tcpdump',
  ],
  ['its name', {'pflog.sh': '#!/bin/sh\npflogd -D\n'}, 'fail', 'pflogd'],
  ['nothing it says', {'cap.sh': '#!/bin/sh\necho tcpdump\n'}, 'pass', undefined],
])('what an old-style script starts at boot counts, by %s', (_, scripts, verdict, about) => {
  const files: Record<string, string> = {'etc/sysctl.conf': 'net.bpf.zerocopy_enable=1\n'};
  for (const [name, text] of Object.entries(scripts)) files[`usr/local/etc/rc.d/${name}`] = text;
  const evidence = practiceEvidence(
    {...machineOf('healthy'), rcConf: {hostname: 'fw01'}, processes: [], units: []},
    files,
  );
  const found = judgeEvidence(evidence).findings.filter((f) => f.rule === 'ZBUF-003');
  expect(found.map((f) => f.verdict)).toEqual([verdict]);
  if (about !== undefined) expect(found[0]?.summary).toContain(about);
  expect(found[0]?.summary).not.toContain(about === undefined ? 'tcpdump' : 'no capture program');
});

const stalled = {
  pid: 71,
  command: 'pflogd',
  state: 'R',
  before: [100, 30_000, 12_000],
  after: [120, 32_000, 12_000],
  memory: [pages('CN---', 300, {refCount: 2})],
} as const;

test.each([
  [['/etc/rc.d/pflog'], 'timeout 10 service pflog stop; ', 'service pflog start.'],
  [[], 'timeout 10 service pflog onestop; ', 'service pflog onestart; rc does not enable it'],
])('a stop that hangs: the fix is one rc carries out (enabled: %j)', (enabled, stop, start) => {
  const host = hostOf({
    running: '1',
    sysctlConf: 'net.bpf.zerocopy_enable=1\n',
    enabled,
    captures: [stalled],
  });
  const finding = judgeEvidence(host).findings.find((f) => f.rule === 'ZBUF-013');
  expect(finding?.verdict).toBe('fail');
  expect(finding?.fix).toContain(stop);
  expect(finding?.fix).toContain(start);
});

test('a stalled program that no rc script is known for hangs as well', () => {
  const host = hostOf({running: '1', captures: [{...stalled, command: 'flowtapd'}]});
  const finding = judgeEvidence(host).findings.find((f) => f.rule === 'ZBUF-013');
  expect(finding).toMatchObject({verdict: 'fail', pid: 71});
  expect(finding?.fix).toMatch(/kill -KILL 71, then start it again the way it was started/);
});
