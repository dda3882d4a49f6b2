import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, onTestFinished, test} from 'vitest';

import {assignmentsIn, winnerOf} from '../../src/freebsd/zerocopy-setting.js';
import type {ByHand, PlannedState} from '../../src/model/plan.js';
import type {Step} from '../../src/model/step.js';
import {doThis} from '../../src/plan/do-this.js';
import {editSysctlConf, withoutDuplicates} from '../../src/steps/edit-sysctl-conf.js';

import {evidenceOf, inputOf, pflogd, planOf, SERVICES} from './scene.js';

const NOBODY = {findings: [], services: SERVICES};

const lines = (
  steps: readonly Step[],
  more: {readonly state?: PlannedState; readonly byHand?: readonly ByHand[]} = {},
): readonly string[] =>
  doThis(
    {
      state: 'changes',
      byHand: [],
      steps: steps.map((step) => ({...step, why: [], inverse: null})),
      ...more,
    },
    NOBODY,
  );

const boot = (from: string | null, to: string | null, bootTo: number): Step => ({
  kind: 'write-boot',
  file: '/etc/sysctl.conf',
  from,
  to,
  bootFrom: 1 - bootTo,
  bootTo,
});

test('a stalled pflogd: value, boot value, and a stop that cannot hang, in the order of the plan', () => {
  const evidence = evidenceOf({
    running: '1',
    sysctlConf: 'net.bpf.zerocopy_enable=1\n',
    enabled: ['/etc/rc.d/pflog'],
    captures: [pflogd('stalled')],
    variables: {pflog_enable: 'YES'},
  });
  const spec = {evidence, policy: {zerocopy: 'off' as const}};

  expect(doThis(planOf(spec), inputOf(spec))).toEqual([
    'sysctl net.bpf.zerocopy_enable=0',
    expect.stringMatching(/^sed -i\.bak 's.*zerocopy_enable=0\/' \/etc\/sysctl\.conf$/),
    'timeout 20 service pflog stop || kill -KILL 3883',
    'service pflog start',
  ]);
});

test.each([
  ['one line', 'a=1\nnet.bpf.zerocopy_enable=1\nb=2\n'],
  ['blanks, a colon, a comment, no last newline', '  net.bpf.zerocopy_enable : 1 # on'],
  ['twice', 'net.bpf.zerocopy_enable=0\nnet.bpf.zerocopy_enable=1\n'],
  ['not at all', 'a=1\n'],
  ['not at all, no last newline', 'a=1'],
  ['no file', null],
  ['an empty file', ''],
])('the command for the boot value does what the plan does: %s', (_what, before) => {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-do-this-'));
  onTestFinished(() => {
    rmSync(folder, {recursive: true});
  });
  const file = join(folder, 'sysctl.conf');
  for (const value of [0, 1]) {
    if (before === null) rmSync(file, {force: true});
    else writeFileSync(file, before);
    const [command = ''] = lines([boot(before, editSysctlConf(before, value), value)]);

    execFileSync('sh', ['-c', command.replaceAll('/etc/sysctl.conf', file)]);

    const text = readFileSync(file, 'utf8');
    expect([command, winnerOf(assignmentsIn('', text))?.number]).toEqual([command, value]);
    if (before?.startsWith('a=1') === true) expect(text).toMatch(/^a=1$/m);
  }
});

test('a file whose lines all go away keeps the others', () => {
  const before = 'a=1\nnet.bpf.zerocopy_enable=1\n';
  const after = withoutDuplicates(before, {keepWinner: false});
  expect(lines([boot(before, after, 0)])).toEqual([
    expect.stringMatching(/^sed -i\.bak '\/.*\/d' \/etc\/sysctl\.conf$/),
  ]);
});

test.each(['refused', 'unknown', 'unreachable', 'nothing'] as const)(
  'nothing to paste where the plan says %s',
  (state) => {
    const step: Step = {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 1, to: 0};
    expect(lines([step], {state, byHand: [{text: 'a', command: 'b'}]})).toEqual([]);
  },
);

test('what a host named is one shell word, and a remark stays a remark', () => {
  const rc: Step = {
    kind: 'set-rc',
    file: '/etc/rc.conf',
    variable: 'pflog_flags',
    from: null,
    to: "-n'; reboot\n'$(reboot)",
  };
  const [command = ''] = lines([rc]);
  expect(command).not.toContain('\n');
  const echoed = execFileSync('sh', ['-c', command.replace('sysrc', 'printf "%s|"')], {
    encoding: 'utf8',
  });
  expect(echoed).toBe("-f|/etc/rc.conf|pflog_flags=-n'; reboot\\x0a'$(reboot)|");

  const byHand = [{text: 'x\nreboot', command: 'kill -KILL 2713'}];
  expect(lines([], {state: 'by-hand', byHand})).toEqual(['# x\\x0areboot', 'kill -KILL 2713']);
});

test('what takes an object of the package is not for the hand: the rest alone would do harm', () => {
  const on: Step = {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 0, to: 1};
  const install: Step = {
    kind: 'install-mode',
    mode: 'buffered',
    file: '/usr/local/lib/zbufctl/libpcap-buffered.so',
    from: null,
    to: 'ab'.repeat(32),
  };
  const preload: Step = {
    kind: 'set-rc',
    file: '/etc/rc.conf',
    variable: 'snort_env',
    from: null,
    to: 'LD_PRELOAD=/usr/local/lib/zbufctl/libpcap-buffered.so',
  };
  expect(lines([install, preload, on])).toEqual([expect.stringMatching(/^# .*zbufctl apply$/)]);
});
