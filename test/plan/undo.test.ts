import {expect, test} from 'vitest';

import {hostOutcome} from '../../src/plan/host-outcome.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {standingFindings} from '../../src/plan/standing.js';
import {afterSteps, undoSteps} from '../../src/plan/undo.js';
import {renderRollback} from '../../src/report/apply/rollback-text.js';
import {describeDoing} from '../../src/text/describe-doing.js';
import {describeStep} from '../../src/text/describe-step.js';

import {evidenceOf, inputOf, pflogd, planOf, SERVICES} from './scene.js';

const variables = {pflog_enable: 'YES'};
const enabled = ['/etc/rc.d/pflog'];
const planned = planOf({
  evidence: evidenceOf({
    running: '1',
    sysctlConf: 'net.bpf.zerocopy_enable=1\n',
    enabled,
    variables,
    captures: [pflogd('stalled')],
  }),
  policy: {zerocopy: 'off'},
});
const changed = {
  ...hostOutcome(planned, 'changed'),
  steps: planned.steps.map(({kind}) => ({
    kind,
    outcome: kind === 'verify' ? ('already' as const) : ('changed' as const),
    detail: '',
  })),
};

test('the inverse steps come in the order the host takes: files, a value of 0, services, another value', () => {
  expect(undoSteps(planned, changed).map((step) => describeStep(step))).toEqual([
    '/etc/sysctl.conf: boot value 0 -> 1',
    'restart pflog (may SIGKILL what still holds /dev/bpf after 20 s)',
    'net.bpf.zerocopy_enable 0 -> 1',
  ]);
});

test('a step that found its target there already is not undone', () => {
  const steps = changed.steps.map((step) =>
    step.kind === 'write-boot' ? {...step, outcome: 'already' as const} : step,
  );
  expect(undoSteps(planned, {...changed, steps}).map(({kind}) => kind)).toEqual([
    'restart-service',
    'set-running',
  ]);
});

test('what it brings back is judged from the evidence as it would be: pflogd would lose its capture', () => {
  const after = evidenceOf({
    running: '0',
    sysctlConf: 'net.bpf.zerocopy_enable=0\n',
    enabled,
    variables,
    captures: [pflogd('fine')],
  });
  const standing = (evidence: typeof after) => {
    const input = inputOf({evidence, policy: {zerocopy: 'off'}});
    return standingFindings(findingsOf(input)).map(({rule}) => rule);
  };
  expect(standing(after)).toEqual([]);
  const back = afterSteps(after, undoSteps(planned, changed), SERVICES);
  expect(standing(back)).toEqual(expect.arrayContaining(['ZBUF-002', 'ZBUF-003']));
});

test('hosts of which the same is undone are shown together, with the files and what comes back', () => {
  const steps = undoSteps(planned, changed);
  const one = {isKnown: true, steps, bringsBack: ['ZBUF-002 pflogd would lose its capture']};
  const text = renderRollback(
    '20261124T120000Z-apply-51c2',
    ['fw02', 'fw03'].map((host) => ({host, ...one})),
    {colour: false, width: 120, verbose: false},
  );
  expect(text).toContain('fw02, fw03 (2 hosts): to roll back');
  expect(text).toContain('+net.bpf.zerocopy_enable=1');
  expect(text).toContain('brings back: ZBUF-002 pflogd would lose its capture');
  expect(text).toContain('On 2 hosts it brings critical or high findings back.');
});

test('the board says what a host is at', () => {
  expect(planned.steps.map((step) => describeDoing(step))).toEqual(
    expect.arrayContaining([
      'setting the value to 0',
      'writing /etc/sysctl.conf',
      'restarting pflog, up to 20 s',
    ]),
  );
});
