import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import type {HostRecord, RecordedStep} from '../../src/model/host-record.js';
import type {PlannedHost} from '../../src/model/plan.js';
import type {Outcome} from '../../src/model/step.js';
import {hostOutcome, nothingChanged, whatFailed} from '../../src/plan/host-outcome.js';
import {plannedOf, PLAN, RUN} from '../app/change/fleet.js';

const [change, verify] = plannedOf('fw01').steps;
if (change === undefined || verify === undefined) throw new Error('a plan without steps');
const planned: PlannedHost = plannedOf('fw01', {steps: [change, verify, change]});

const stepAt = (index: number, outcome: Outcome, detail = `did ${index}`): RecordedStep => ({
  index,
  kind: 'set-running',
  outcome,
  detail,
});
const recordOf = (more: Partial<HostRecord> = {}): HostRecord => ({
  run: RUN,
  plan: PLAN,
  owner: 'op@controller',
  state: 'confirmed',
  steps: [stepAt(0, 'changed'), stepAt(2, 'changed')],
  undone: [],
  ...more,
});
const outcomes = (record?: HostRecord): readonly string[] =>
  hostOutcome(planned, 'changed', undefined, record).steps.map(({outcome}) => outcome);

describe('the steps of a host', () => {
  test('are those of the plan, at their places, as the host wrote them down', () => {
    const record = recordOf({steps: [stepAt(2, 'already'), stepAt(0, 'changed')]});
    expect(hostOutcome(planned, 'changed', undefined, record).steps).toEqual([
      {kind: 'set-running', outcome: 'changed', detail: 'did 0'},
      {kind: 'verify', outcome: 'not-started', detail: ''},
      {kind: 'set-running', outcome: 'already', detail: 'did 2'},
    ]);
  });

  test('were not started where the host has no record', () => {
    expect(outcomes()).toEqual(['not-started', 'not-started', 'not-started']);
    expect(outcomes(recordOf({steps: [stepAt(0, 'changed')]}))).toEqual([
      'changed',
      'not-started',
      'not-started',
    ]);
  });

  test('were taken back only where the undo says so', () => {
    const undone = (outcome: Outcome): readonly string[] =>
      outcomes(
        recordOf({state: 'undo-failed', undone: [stepAt(2, 'rolled-back'), stepAt(0, outcome)]}),
      );
    expect(undone('rolled-back')[0]).toBe('rolled-back');
    expect(undone('changed')[0]).toBe('rolled-back');
    expect(undone('already')[0]).toBe('rolled-back');
    expect(undone('failed')[0]).toBe('failed');
    expect(undone('lost')[0]).toBe('lost');
    expect(undone('refused')[0]).toBe('refused');
  });

  test('that were verified say what was seen', () => {
    const verified = new Map([
      [1, {kind: 'verify', outcome: 'failed', detail: 'runs with 1, not 0'} as const],
    ]);
    expect(hostOutcome(planned, 'rolled-back', 'r', recordOf(), verified).steps[1]).toEqual({
      kind: 'verify',
      outcome: 'failed',
      detail: 'runs with 1, not 0',
    });
  });

  test('that are not in the plan are not in the run, whatever a host claims', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (indexes) => {
        const steps = indexes.map((index) => stepAt(index, 'changed'));
        const entry = hostOutcome(planned, 'changed', undefined, recordOf({steps, undone: steps}));
        expect(entry.steps.map(({kind}) => kind)).toEqual(planned.steps.map(({kind}) => kind));
      }),
    );
  });
});

test('an entry without a reason has none, not an empty one', () => {
  expect(hostOutcome(planned, 'changed')).not.toHaveProperty('reason');
  expect(hostOutcome(planned, 'refused', '')).not.toHaveProperty('reason');
  expect(hostOutcome(planned, 'refused', 'why')).toMatchObject({host: 'fw01', reason: 'why'});
});

test('nothing was changed only when every step found it so', () => {
  expect(nothingChanged(recordOf({steps: [stepAt(0, 'already'), stepAt(2, 'already')]}))).toBe(
    true,
  );
  expect(nothingChanged(recordOf({steps: [stepAt(0, 'already'), stepAt(2, 'changed')]}))).toBe(
    false,
  );
  expect(nothingChanged(recordOf({steps: [stepAt(0, 'lost')]}))).toBe(false);
});

test('what failed is the first that did; a step without an end only when none did', () => {
  const lostThenFailed = [stepAt(0, 'lost'), stepAt(2, 'failed', 'no space')];
  expect(whatFailed(recordOf({steps: lostThenFailed}))).toBe('set-running: no space');
  expect(whatFailed(recordOf({steps: [stepAt(0, 'refused', 'a link')]}))).toBe(
    'set-running: a link',
  );
  expect(whatFailed(recordOf({steps: [stepAt(0, 'lost')]}))).toBe(
    'set-running was begun and not finished',
  );
  expect(whatFailed(recordOf({undone: [stepAt(0, 'failed', 'changed since')]}))).toBe(
    'set-running: changed since',
  );
  expect(whatFailed(recordOf())).toBe('');
});
