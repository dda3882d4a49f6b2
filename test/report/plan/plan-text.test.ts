import {expect, test} from 'vitest';

import type {Plan, PlannedHost} from '../../../src/model/plan.js';
import type {RcLines, Step} from '../../../src/model/step.js';
import {describeStep} from '../../../src/text/describe-step.js';
import {painter} from '../../../src/report/terminal/paint.js';
import {renderPlan} from '../../../src/report/plan/plan-text.js';
import {diffLines} from '../../../src/report/apply/step-diff.js';

const LOOK = {colour: false, width: Infinity, verbose: false};

const host = (name: string, change: Partial<PlannedHost> = {}): PlannedHost => ({
  host: name,
  address: '192.0.2.1',
  state: 'nothing',
  posture: 'compliant',
  standing: [],
  fingerprint: {},
  gate: {allowed: true, reasons: []},
  byHand: [],
  steps: [],
  ...change,
});
const planOf = (...hosts: readonly PlannedHost[]): Plan => ({
  schema: 'zbufctl.plan/1',
  id: `plan-20261124T120000Z-${'abcd'.repeat(8)}`,
  madeFrom: '20261124T081500Z-audit-3f9a',
  madeAt: '2026-11-24T12:00:00Z',
  tool: {name: 'zbufctl', version: '0.1.0'},
  policyHash: '0'.repeat(64),
  policies: [],
  cleanDuplicates: false,
  hosts,
  totals: {},
});

const write: Step = {
  kind: 'write-boot',
  file: '/etc/sysctl.conf',
  from: 'a=1\nnet.bpf.zerocopy_enable=1',
  to: 'a=1\nnet.bpf.zerocopy_enable=0',
  bootFrom: 1,
  bootTo: 0,
};

test.each<[string, Step]>([
  [
    'net.bpf.zerocopy_enable 1 -> 0',
    {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 1, to: 0},
  ],
  ['/etc/sysctl.conf: boot value 1 -> 0', write],
  [
    '/etc/sysctl.conf: boot value 0 -> 1 (a new file)',
    {...write, from: null, bootFrom: 0, bootTo: 1},
  ],
  ['/etc/sysctl.conf: remove lines that are not in force', {...write, bootTo: 1}],
  [
    '/etc/rc.conf: x_flags not set -> "-s 1"',
    {kind: 'set-rc', file: '/etc/rc.conf', variable: 'x_flags', from: null, to: '-s 1'},
  ],
  [
    'restart pflog (may SIGKILL what still holds /dev/bpf after 20 s)',
    {
      kind: 'restart-service',
      service: 'pflog',
      from: 'running',
      to: 'running',
      timeLimit: 20,
      mayKill: true,
    },
  ],
  [
    'stop pflog',
    {
      kind: 'stop-service',
      service: 'pflog',
      from: 'running',
      to: 'stopped',
      timeLimit: 20,
      mayKill: false,
    },
  ],
  ['verify: pflogd captures', {kind: 'verify', what: 'captures', expected: 'pflogd'}],
])('%s', (expected, step) => {
  expect(describeStep(step)).toBe(expected);
});

test('hosts of which the same is planned stand together; those with nothing to do are only counted', () => {
  const change = {state: 'changes' as const, steps: [{...write, why: ['ZBUF-003'], inverse: null}]};
  const text = renderPlan(planOf(host('a', change), host('b', change), host('c')), LOOK);
  expect(text).toContain('a, b (2 hosts): to change');
  expect(text.match(/boot value 1 -> 0/g)).toHaveLength(1);
  expect(text).toContain('3 hosts: 2 to change (2 steps), 1 with nothing to do.');
  expect(text).not.toMatch(/^c/m);
  expect(renderPlan(planOf(host('c')), {...LOOK, verbose: true})).toContain('c: nothing to do');
  expect(renderPlan(planOf(host('c')), LOOK)).not.toContain('zbufctl apply');
});

test('what a person has to do has a state of its own, is counted, and never stands below "nothing to do"', () => {
  const byHand = [
    {text: 'tcpdump (pid 7) has stopped recording. Restart it.', command: 'kill -KILL 7'},
  ];
  const text = renderPlan(planOf(host('a', {state: 'by-hand', byHand}), host('b')), LOOK);
  expect(text).toContain('a: to do by hand');
  expect(text).toContain('by hand: tcpdump (pid 7) has stopped recording. Restart it.');
  expect(text).toContain('kill -KILL 7');
  expect(text).toContain('2 hosts: 0 to change, 1 by hand, 1 with nothing to do.');
  expect(text).not.toContain('nothing to do\n');
});

test('a refusal shows every reason and remedy', () => {
  const gate = {
    allowed: false,
    reasons: [
      {kind: 'refusal', text: 'one', remedy: 'mend one'},
      {kind: 'gap', text: 'two', remedy: 'mend two'},
    ],
  } as const;
  const text = renderPlan(planOf(host('a', {state: 'refused', gate})), LOOK);
  for (const part of ['a: refused', '- one', '- two', 'to do: mend one', 'to do: mend two'])
    expect(text).toContain(part);
});

test('of many notes the first are shown, with a hint; -v shows all', () => {
  const reasons = ['n1', 'n2', 'n3', 'n4'].map((text) => ({kind: 'note', text}) as const);
  const plan = planOf(host('a', {state: 'by-hand', gate: {allowed: true, reasons}}));
  const short = renderPlan(plan, LOOK);
  expect(short).toContain('and 2 more: -v shows all');
  expect(short).not.toContain('n3');
  const all = renderPlan(plan, {...LOOK, verbose: true});
  for (const {text} of reasons) expect(all).toContain(text);
  expect(all).not.toContain('more');
});

test('the difference says where there is no newline at the end, and nothing from a host reaches the terminal as it is', () => {
  const evil = '\u001b[2J\u202e';
  const hostile: Step = {
    ...write,
    from: `# ${evil}\nnet.bpf.zerocopy_enable=1`,
    to: `# ${evil}\nnet.bpf.zerocopy_enable=0`,
  };
  const lines = {at: 7, before: [`x_flags="${evil}"`], after: ['x_flags="-s 1"']};
  const rc: Step = {
    kind: 'set-rc',
    file: '/etc/rc.conf',
    variable: 'x_flags',
    from: evil,
    to: '-s 1',
    lines,
  };
  const steps = [hostile, rc].map((step) => ({...step, why: [], inverse: null}));
  const gate = {allowed: true, reasons: [{kind: 'note', text: evil, remedy: evil} as const]};
  const byHand = [{text: evil, command: evil}];
  const change = {state: 'changes', steps, gate, byHand} as const;
  const text = renderPlan(planOf(host(`a${evil}`, change)), LOOK);
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(text).toContain('No newline at end of file');
  expect(text).toContain('-x_flags="\\x1b[2J\\u{202e}"');
  expect(text).toContain('+x_flags="-s 1"');
});

test.each<[what: string, lines: RcLines | undefined, expected: readonly string[]]>([
  ['evidence without the lines shows none', undefined, []],
  [
    'one for one',
    {at: 4, before: ["  x_flags='a' # why"], after: ["  x_flags='b' # why"]},
    [
      '--- /etc/rc.conf',
      '+++ /etc/rc.conf',
      '@@ -4 +4 @@',
      "-  x_flags='a' # why",
      "+  x_flags='b' # why",
    ],
  ],
  [
    'an added line',
    {at: 5, before: [], after: ['x_flags="b"']},
    ['--- /etc/rc.conf', '+++ /etc/rc.conf', '@@ -4,0 +5 @@', '+x_flags="b"'],
  ],
  [
    'a last line without a newline',
    {at: 4, before: ['y=1'], after: ['y=1', 'x_flags="b"'], unended: 'before'},
    [
      '--- /etc/rc.conf',
      '+++ /etc/rc.conf',
      '@@ -4 +4,2 @@',
      '-y=1',
      '\\ No newline at end of file',
      '+y=1',
      '+x_flags="b"',
    ],
  ],
  [
    'a new file',
    {at: 1, before: [], after: ['x_flags="b"'], missing: 'before'},
    ['--- /dev/null', '+++ /etc/rc.conf', '@@ -0,0 +1 @@', '+x_flags="b"'],
  ],
])('the difference of an rc file is its own lines: %s', (_, lines, expected) => {
  const step: Step = {
    kind: 'set-rc',
    file: '/etc/rc.conf',
    variable: 'x_flags',
    from: null,
    to: 'b',
    ...(lines && {lines}),
  };
  expect(diffLines(step, painter(false))).toEqual(expected);
});

test('lines are wrapped to the terminal', () => {
  const reasons = [{kind: 'refusal', text: 'word '.repeat(60).trim()} as const];
  const change = {state: 'refused', gate: {allowed: false, reasons}} as const;
  for (const line of renderPlan(planOf(host('a', change)), {...LOOK, width: 60}).split('\n'))
    expect(line.length).toBeLessThanOrEqual(60);
});

test('the variables the policy sets stand in the text, whole', () => {
  const policies = [{policy: {rc: {pflog_flags: '-s 128'}}, hosts: ['fw01', 'fw02']}];
  const text = renderPlan({...planOf(), policies}, {colour: false, width: 100, verbose: false});
  expect(text).toContain('policy.rc of 2 hosts: pflog_flags="-s 128"');
});
