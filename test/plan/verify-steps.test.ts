import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import type {Evidence} from '../../src/model/evidence.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import type {StepOutcome, VerifyStep} from '../../src/model/step.js';
import {verifySteps} from '../../src/plan/verify-steps.js';
import {plannedOf} from '../app/change/fleet.js';
import type {State} from '../collect/replay/replay-host.js';
import {ReplayHost, STATES} from '../collect/replay/replay-host.js';
import type {Layout} from '../rules/scene.js';

import {evidenceOf, pflogd, SERVICES} from './scene.js';

/** What hosts that were really captured say, through the real collector. */
const collected = new Map<State, Evidence>();
beforeAll(async () => {
  for (const state of STATES) {
    const host = new ReplayHost({state});
    afterAll(() => {
      host.remove();
    });
    collected.set(state, await host.evidence());
  }
});
const captured = (state: State): Evidence => {
  const evidence = collected.get(state);
  if (evidence === undefined) throw new Error(`${state} was not collected`);
  return evidence;
};

function verify(
  what: VerifyStep['what'],
  expected: number | string,
  evidence: Evidence,
): StepOutcome {
  const step = {kind: 'verify', what, expected, why: [], inverse: null} as const;
  const verified = verifySteps(plannedOf('fw01', {steps: [step]}), evidence, SERVICES);
  const outcome = verified.get(0);
  if (outcome === undefined || verified.size !== 1) throw new Error('not one verified step');
  return outcome;
}
const pflog = (evidence: Evidence): StepOutcome => verify('captures', 'pflogd', evidence);
const well = (change: Partial<Evidence> = {}, layout: Layout = {}): Evidence =>
  evidenceOf({captures: [pflogd('fine')], ...layout}, change);

describe('captures, from hosts that were captured', () => {
  test.each([
    'freebsd-13.2/pflogd-stalled-zerocopy',
    'freebsd-15.1/pflogd-stalled-zerocopy',
  ] as const)('a stalled pflogd is never verified: %s', (state) => {
    const outcome = pflog(captured(state));
    expect(outcome.outcome).toBe('failed');
    expect(outcome.detail).toContain('pflogd');
  });

  test.each(STATES.filter((state) => state.includes('tcpdump')))(
    'a capture that is not there is never verified: %s',
    (state) => {
      expect(pflog(captured(state))).toMatchObject({
        outcome: 'failed',
        detail: 'pflogd has no capture open',
      });
    },
  );

  test.each(STATES.filter((state) => state.includes('default')))(
    'a healthy pflogd is verified: %s',
    (state) => {
      expect(pflog(captured(state))).toMatchObject({
        outcome: 'already',
        detail: 'pflogd captures on pflog0, not tested: no packet arrived',
      });
    },
  );

  test.each([
    'freebsd-13.2/tcpdump-n-zerocopy-healthy',
    'freebsd-15.1/tcpdump-n-zerocopy-healthy',
  ] as const)('a healthy capture is verified beside others: %s', (state) => {
    const tcpdump = SERVICES.filter(({commands}) => commands.includes('tcpdump')).map(({id}) => id);
    expect(tcpdump.length).toBeGreaterThan(0);
    for (const id of tcpdump)
      expect(verify('captures', id, captured(state)).outcome, id).toBe('already');
  });
});

describe('captures', () => {
  test('of a service that captures are verified, by its id and by its rc script', () => {
    expect(pflog(well())).toEqual({
      kind: 'verify',
      outcome: 'already',
      detail: 'pflogd captures on em0, and takes its packets',
    });
    expect(verify('captures', 'pflog', well()).outcome).toBe('already');
  });

  test('that lost their buffers are not', () => {
    const outcome = pflog(evidenceOf({running: '1', captures: [pflogd('stalled')]}));
    expect(outcome).toMatchObject({outcome: 'failed'});
    expect(outcome.detail).toContain('has stopped recording');
  });

  test('of which one of two is stalled are not', () => {
    const two = [pflogd('fine'), {...pflogd('stalled'), pid: 4000}];
    expect(pflog(evidenceOf({running: '1', captures: two})).outcome).toBe('failed');
  });

  test('are verified although somebody else has lost his', () => {
    const other = {...pflogd('stalled'), pid: 4000, command: 'flowmirrord'};
    expect(pflog(evidenceOf({running: '1', captures: [pflogd('fine'), other]})).outcome).toBe(
      'already',
    );
  });

  test('that nobody has open are not', () => {
    expect(pflog(well({}, {captures: []})).detail).toBe('pflogd has no capture open');
  });

  test.each([0, 1] as const)('that cannot be read in sample %i are not', (which) => {
    const evidence = well();
    const samples = [...evidence.samples] as [Evidence['samples'][0], Evidence['samples'][1]];
    for (const descriptors of [unreadable('Operation not permitted'), absent]) {
      samples[which] = {...samples[which], descriptors};
      expect(pflog({...evidence, samples}).outcome).toBe('failed');
    }
  });

  test('that were opened between the samples are not: nobody has seen them live', () => {
    const evidence = well();
    const [first, second] = evidence.samples;
    expect(pflog({...evidence, samples: [{...first, descriptors: read([])}, second]}).outcome).toBe(
      'failed',
    );
  });

  test('of which nobody can tell are not', () => {
    const frozen = {...pflogd('stalled'), memory: []};
    const outcome = pflog(evidenceOf({running: '1', captures: [frozen]}));
    expect(outcome.outcome).toBe('failed');
  });

  test('on a kernel that says it has no bpf are not', () => {
    expect(pflog(well({sysctls: read({})})).outcome).toBe('failed');
  });

  test('of a service nobody knows are not', () => {
    expect(verify('captures', 'no-such', well()).detail).toBe(
      'no-such is not in the knowledge base',
    );
  });
});

describe('the running value', () => {
  test('is verified only when it is the one that was planned', () => {
    expect(verify('running', 0, well())).toEqual({
      kind: 'verify',
      outcome: 'already',
      detail: 'runs with 0',
    });
    expect(verify('running', 0, well({}, {running: '1'}))).toMatchObject({
      outcome: 'failed',
      detail: 'runs with 1, not 0',
    });
    expect(verify('running', 1, well()).outcome).toBe('failed');
  });

  test.each([
    ['absent', read({})],
    ['unreadable', unreadable('cut')],
    ['no number', read({'net.bpf.zerocopy_enable': '0x0'})],
    ['empty', read({'net.bpf.zerocopy_enable': ''})],
  ])('is never verified when it is %s', (_, sysctls) => {
    expect(verify('running', 0, well({sysctls})).outcome).toBe('failed');
  });

  test('is not verified by a text that looks like the number', () => {
    expect(verify('running', '0', well()).outcome).toBe('failed');
  });
});

describe('the value of the next boot', () => {
  test('is the one the files come to; a file that is not there sets nothing', () => {
    expect(verify('boot', 0, well()).outcome).toBe('already');
    const local = {
      sysctlConf: 'net.bpf.zerocopy_enable=0\n',
      sysctlConfLocal: 'net.bpf.zerocopy_enable=1\n',
    };
    expect(verify('boot', 1, well({}, local)).outcome).toBe('already');
    expect(verify('boot', 0, well({}, local)).detail).toBe('boots with 1, not 0');
  });

  test('is never verified when one of the files cannot be read, or was not looked at', () => {
    const {files} = well();
    const [first, ...others] = files;
    if (first === undefined) throw new Error('no files');
    const hidden = [{...first, content: unreadable('Permission denied')}, ...others];
    expect(verify('boot', 0, well({files: hidden})).outcome).toBe('failed');
    expect(verify('boot', 0, well({files: others})).outcome).toBe('failed');
  });
});

test('only verify steps are judged, each at its place in the plan', () => {
  const verified = verifySteps(plannedOf('fw01'), well(), SERVICES);
  expect([...verified.keys()]).toEqual([1]);
});
