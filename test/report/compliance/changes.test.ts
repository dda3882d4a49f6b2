import {expect, test} from 'vitest';

import type {ApplyRun} from '../../../src/model/apply-run.js';
import type {Plan} from '../../../src/model/plan.js';
import {changesOf, shownChanges, stepText} from '../../../src/report/compliance/changes.js';

const host = (name: string, changes: object): object => ({
  host: name,
  result: 'changed',
  postureBefore: 'broken',
  postureAfter: 'compliant',
  standing: [],
  byHand: [],
  ...changes,
});
const STEPS = [
  {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 1, to: 0},
  {kind: 'write-boot', file: '/etc/sysctl.conf', from: 'a', to: 'b', bootFrom: 1, bootTo: 0},
  {kind: 'verify', what: 'running', expected: 0},
];
const plan = {hosts: [{host: 'fw01', steps: STEPS}]} as unknown as Plan;
const outcomes = (...words: readonly string[]): object[] =>
  words.map((outcome, i) => ({kind: STEPS[i]?.kind, outcome, detail: 'd'}));
const run = (hosts: readonly object[], finishedAt?: string): ApplyRun =>
  ({
    schema: 'zbufctl.apply/1',
    run: '20261120T090000Z-apply-77cc',
    plan: 'plan-1',
    startedAt: '2026-11-20T09:00:00.000Z',
    ...(finishedAt === undefined ? {} : {finishedAt}),
    operator: 'jane@bastion',
    hosts,
  }) as unknown as ApplyRun;
const END = '2026-11-20T09:00:41.000Z';

const texts = (made: ReturnType<typeof changesOf>): readonly string[] =>
  (made[0]?.steps ?? []).map((step) => stepText(step));

test.each([
  [
    'apply',
    ['changed', 'changed', 'already'],
    [
      'running value 1 -> 0: changed',
      '/etc/sysctl.conf: boot value 1 -> 0: changed',
      'verified: runs with 0',
    ],
  ],
  [
    'rollback',
    ['changed', 'changed', 'not-started'],
    [
      'running value 0 -> 1: changed',
      '/etc/sysctl.conf: boot value 0 -> 1: changed',
      'not verified: runs with 0',
    ],
  ],
] as const)('%s: each step says from what to what', (kind, words, expected) => {
  const made = changesOf(run([host('fw01', {steps: outcomes(...words)})], END), kind, plan);
  expect(texts(made)).toEqual(expected);
  expect(made[0]?.steps[0]).toMatchObject(
    kind === 'apply' ? {from: '1', to: '0'} : {from: '0', to: '1'},
  );
});

test('without its plan a step says what the host said', () => {
  expect(texts(changesOf(run([host('fw01', {steps: outcomes('changed')})], END), 'apply'))).toEqual(
    ['d: changed'],
  );
});

test('an apply that never finished stands there as such', () => {
  const lost = host('fw01', {result: 'lost', reason: 'Ask it.', steps: outcomes('lost')});
  const [change] = changesOf(run([lost]), 'apply', plan);
  expect(change).toMatchObject({result: 'lost', unfinished: true});
  expect(change?.reason).toMatch(/never finished.*may be changed, or may have undone.*Ask it/);
});

test('hosts on which nothing was to do are a number, not rows', () => {
  const changes = changesOf(
    run([host('fw01', {steps: []}), host('b', {result: 'already', steps: []})], END),
    'apply',
    plan,
  );
  const shown = shownChanges({changes} as never);
  expect(shown.rows.map((row) => row.host)).toEqual(['fw01']);
  expect(shown.rest).toContain('1 more host');
});
