import fc from 'fast-check';
import {expect, test} from 'vitest';

import type {Evidence} from '../../src/model/evidence.js';
import type {PlannedHost} from '../../src/model/plan.js';
import {read, unreadable} from '../../src/model/reading.js';
import {planHost} from '../../src/plan/make-plan.js';
import type {CaptureSpec, Layout} from '../rules/scene.js';
import {WITH, WITHOUT} from '../rules/scene.js';

import type {PlanSpec} from './scene.js';
import {evidenceOf, inputOf, pflogd, planOf, probeOf} from './scene.js';
import {EVERY, often} from '../tools/sampled.js';

const on = 'net.bpf.zerocopy_enable=1\n';
const off = 'net.bpf.zerocopy_enable=0\n';

const tcpdump = (kind: 'stalled' | 'fine'): CaptureSpec => ({
  ...pflogd(kind),
  pid: 77,
  command: 'tcpdump',
  args: 'tcpdump -n -i em0',
});
const inHouse = (kind: 'stalled' | 'fine'): CaptureSpec => ({
  ...pflogd(kind),
  pid: 78,
  command: 'flowtapd',
  args: 'flowtapd em0',
});
/** In zero-copy mode, and well: its pages are its own, and what was held was taken. */
const undecided = {...pflogd('fine'), offset: 0};

const layouts = fc.record({
  running: fc.constantFrom('0', '1', '2', 'x'),
  sysctlConf: fc.constantFrom(
    '',
    on,
    off,
    `${on}${on}`,
    'net.bpf.zerocopy_enable=maybe\n',
    `nonsense\n${off}`,
  ),
  libpcap: fc.constantFrom(WITH, WITHOUT),
  enabled: fc.constantFrom([], ['/etc/rc.d/pflog']),
  variables: fc.constantFrom({}, {pflog_enable: 'YES'}, {pflog_enable: 'YES', pflog_flags: '-s 1'}),
  captures: fc.subarray([
    pflogd('stalled'),
    tcpdump('stalled'),
    inHouse('stalled'),
    tcpdump('fine'),
  ]),
  others: fc.subarray([pflogd('fine'), undecided, inHouse('fine')], {maxLength: 1}),
});

const change = (how: string, evidence: Evidence): Evidence => {
  const {identity, rc} = evidence;
  const gone = unreadable('denied');
  switch (how) {
    case 'jail':
      return {...evidence, identity: {...identity, jailed: read(true)}};
    case 'appliance':
      return {
        ...evidence,
        identity: {...identity, product: read({name: 'pfSense', detail: '2.8'})},
      };
    case 'no product':
      return {...evidence, identity: {...identity, product: gone}};
    case 'no system':
      return {...evidence, identity: {...identity, system: gone}};
    case 'Linux':
      return {...evidence, identity: {...identity, system: read('Linux')}};
    case 'not root':
      return {...evidence, identity: {...identity, uid: read(1001)}};
    case 'no holders':
      return {...evidence, holders: gone};
    case 'no processes':
      return {...evidence, processes: gone};
    case 'no enabled':
      return {...evidence, rc: {...rc, enabled: gone}};
    case 'no variables':
      return {...evidence, rc: {...rc, variables: gone}};
    case 'no files':
      return {...evidence, files: evidence.files.map((file) => ({...file, content: gone}))};
    case 'schg':
      return {...evidence, files: evidence.files.map((file) => ({...file, flags: 'schg'}))};
    default:
      return evidence;
  }
};
const CHANGES = [
  ...[
    'jail',
    'appliance',
    'no product',
    'no system',
    'Linux',
    'not root',
    'no holders',
    'no processes',
  ],
  ...['no enabled', 'no variables', 'no files', 'schg'],
];

const specs = fc
  .record({
    layout: layouts,
    changed: fc.oneof({weight: 2, arbitrary: fc.constant('')}, fc.constantFrom(...CHANGES)),
    zerocopy: fc.constantFrom(undefined, 'off' as const, 'on' as const, 'auto' as const),
    changes: fc.constantFrom<NonNullable<PlanSpec['changes']>>(
      {},
      {rc: {pflog_flags: '-s 256'}},
      {rc: {pflog_enable: 'NO'}},
      {rc: {pflog_enable: 'YES'}},
      {disable: ['pflog']},
      {keep: ['pflog']},
    ),
    probe: fc.constantFrom(undefined, probeOf(), probeOf({}, '2026-01-01T00:00:00Z')),
    waived: fc.subarray(['ZBUF-001', 'ZBUF-002', 'ZBUF-003', 'ZBUF-005', 'ZBUF-009', 'ZBUF-013']),
    waive: fc.boolean(),
  })
  .map(({layout, changed, zerocopy, changes, probe, waived, waive}) => {
    const {captures, others, ...rest} = layout;
    const all: Layout = {
      ...rest,
      captures: [...captures.filter(({pid}) => !others.some((o) => o.pid === pid)), ...others],
    };
    const evidence = change(changed, evidenceOf(all));
    const policy = zerocopy === undefined ? {} : {zerocopy};
    return {spec: {evidence, policy, changes, probe}, waived: waive ? waived : []};
  });

/** The plan of a host some of whose failures are waived. */
function planned(spec: PlanSpec, waived: readonly string[]): PlannedHost {
  const input = inputOf(spec);
  const findings = input.findings.map((f) =>
    f.verdict === 'fail' && waived.includes(f.rule) ? {...f, waived: 'accepted'} : f,
  );
  return planHost({...input, findings});
}

test('compliant, or a host nothing is asked of: exactly when the plan has no step and nothing by hand', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(specs, ({spec, waived}) => {
      const plan = planned(spec, waived);
      const nothing = plan.steps.length === 0 && plan.byHand.length === 0;
      const asked = plan.posture !== 'not-applicable';
      if (asked)
        expect([plan.posture, nothing]).toEqual([plan.posture, plan.posture === 'compliant']);
      if (asked) expect([plan.state, nothing]).toEqual([plan.state, plan.state === 'nothing']);
      expect(plan.steps.length > 0).toBe(plan.state === 'changes');
      if (plan.state === 'unknown' || plan.state === 'refused')
        expect(plan.gate.allowed).toBe(false);
      seen.set(plan.state, (seen.get(plan.state) ?? 0) + 1);
    }),
    {numRuns: often(1500)},
  );
  // Nothing of this is proven by hosts that are all alike.
  for (const state of ['changes', 'by-hand', 'nothing', 'refused', 'unknown'])
    expect([state, (seen.get(state) ?? 0) > (EVERY ? 20 : 1)]).toEqual([state, true]);
});

test('no step names a rule that does not fail, or that it does not answer', () => {
  fc.assert(
    fc.property(specs, ({spec, waived}) => {
      const input = inputOf(spec);
      const failing = new Set(
        input.findings.flatMap((f) => (f.verdict === 'fail' ? [f.rule] : [])),
      );
      for (const step of planned(spec, waived).steps) {
        for (const rule of step.why) expect(failing).toContain(rule);
        if (step.kind === 'set-running' || step.kind === 'write-boot')
          expect(step.why).not.toContain('ZBUF-001');
        if (step.kind === 'verify') expect(step.why).toEqual([]);
      }
    }),
    {numRuns: often(300)},
  );
});

test('auto with 1 and no proof is drift, and the text says what auto wants and why', () => {
  const spec: PlanSpec = {
    evidence: evidenceOf({running: '1', sysctlConf: on}),
    policy: {zerocopy: 'auto'},
  };
  const {posture, state} = planOf(spec);
  expect({posture, state}).toEqual({posture: 'drift', state: 'changes'});
  const finding = inputOf(spec).findings.find(({rule}) => rule === 'ZBUF-005');
  expect(finding?.summary).toBe(
    'Policy auto wants 0 here, because this kernel was not probed; the host runs with 1 and boots with 1.',
  );
  // With the proof the same host is as it should be, and one at 0 is not.
  expect(planOf({...spec, probe: probeOf()})).toMatchObject({
    posture: 'compliant',
    state: 'nothing',
  });
  const behind = {...spec, evidence: evidenceOf({running: '0', sysctlConf: ''}), probe: probeOf()};
  expect(planOf(behind)).toMatchObject({posture: 'drift', state: 'changes'});
});

test('a capture that is well is left alone once the value is 0, by the audit and by the plan', () => {
  const spec: PlanSpec = {
    evidence: evidenceOf({running: '0', sysctlConf: off, captures: [tcpdump('fine')]}),
    policy: {zerocopy: 'off'},
  };
  expect(planOf(spec)).toMatchObject({posture: 'compliant', state: 'nothing', byHand: []});
});

test('what is waived is not acted on', () => {
  const spec: PlanSpec = {
    evidence: evidenceOf({running: '1', sysctlConf: on}),
    policy: {zerocopy: 'off'},
  };
  expect(planned(spec, [])).toMatchObject({posture: 'drift', state: 'changes'});
  expect(planned(spec, ['ZBUF-005'])).toMatchObject({posture: 'compliant', state: 'nothing'});
});

test('a line that sysctl(8) skips is nothing a step mends: it is by hand', () => {
  const plan = planOf({evidence: evidenceOf({running: '0', sysctlConf: `nonsense\n${off}`})});
  expect(plan).toMatchObject({posture: 'drift', state: 'by-hand', steps: []});
  expect(plan.byHand[0]?.text).toContain('/etc/sysctl.conf line 1');
});
