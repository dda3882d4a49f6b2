import {stripVTControlCharacters} from 'node:util';

import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';

import type {AppliedHost, ApplyRun, HostResult} from '../../../src/model/apply-run.js';
import type {StepOutcome} from '../../../src/model/step.js';
import {renderApply, RESULT_ORDER} from '../../../src/report/apply/apply-table.js';
import {EARLIER, PLAN, RUN} from '../../app/change/fleet.js';
import {HOSTILE} from '../../world.js';

const LOOK = {colour: false, width: 100, verbose: false};
/** Characters a terminal would act on, or that would change what is read. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const changed: StepOutcome = {kind: 'set-running', outcome: 'changed', detail: 'it was 1, is 0'};
const checked: StepOutcome = {kind: 'verify', outcome: 'already', detail: 'runs with 0'};
const hostOf = (
  host: string,
  result: HostResult,
  change: Partial<AppliedHost> = {},
): AppliedHost => ({
  host,
  result,
  postureBefore: 'broken',
  postureAfter: 'compliant',
  standing: [],
  byHand: [],
  steps: [],
  ...change,
});
const runOf = (hosts: readonly AppliedHost[], change: Partial<ApplyRun> = {}): ApplyRun => ({
  schema: 'zbufctl.apply/1',
  run: RUN,
  plan: PLAN,
  startedAt: '2026-11-24T12:00:00.000Z',
  finishedAt: '2026-11-24T12:01:00.000Z',
  tool: {name: 'zbufctl', version: '0.1.0'},
  operator: 'op@controller',
  interrupted: false,
  dryRun: false,
  hosts,
  ...change,
});
const oneOfEach = (): readonly AppliedHost[] =>
  [...RESULT_ORDER]
    .reverse()
    .map((result, i) => hostOf(`fw${i}`, result, {reason: `because of ${i}`}));

/** Every text a host, an inventory or a stored run may hold, in every place that is shown. */
const hostileRun = (): ApplyRun => {
  const texts = Object.values(HOSTILE);
  const steps = (text: string): readonly StepOutcome[] => [
    {...changed, detail: text},
    {kind: 'write-boot', outcome: 'failed', detail: text},
  ];
  return runOf(
    texts.flatMap((text) => [
      hostOf(text, 'failed', {reason: text, steps: steps(text)}),
      hostOf(text, 'changed', {steps: steps(text)}),
    ]),
    {run: HOSTILE.ansi, plan: HOSTILE.rightToLeft, operator: HOSTILE.newlines},
  );
};

test('what needs a person stands on top, and the sum counts everything', () => {
  const text = renderApply(runOf(oneOfEach()), {...LOOK, width: Infinity});
  const words = text.split('\n').flatMap((line) => /^([a-z-]+) +fw\d/.exec(line)?.[1] ?? []);
  expect(words).toEqual(RESULT_ORDER);
  expect(text).toContain(
    '7 hosts: 1 failed, 1 lost, 1 rolled-back, 1 refused, 1 not-started, 1 changed, 1 already.',
  );
  expect(text).toContain(`Run ${RUN}, plan ${PLAN}, by op@controller.`);
});

test('a host that changed says what; its steps in a line each only with -v', () => {
  const run = runOf([hostOf('fw01', 'changed', {steps: [changed, checked]})]);
  expect(renderApply(run, LOOK)).toMatch(/changed +fw01 +it was 1, is 0\n/);
  expect(renderApply(run, LOOK)).not.toContain('verify');
  expect(renderApply(run, {...LOOK, verbose: true})).toContain('verify: as planned (runs with 0)');
});

test('a host in trouble shows what was done there and what was taken back, without being asked', () => {
  const steps: readonly StepOutcome[] = [
    {...changed, outcome: 'rolled-back', detail: 'put back'},
    {kind: 'verify', outcome: 'failed', detail: 'runs with 1, not 0'},
    {kind: 'set-rc', outcome: 'lost', detail: ''},
    {kind: 'stop-service', outcome: 'not-started', detail: ''},
  ];
  const text = renderApply(
    runOf([hostOf('fw01', 'rolled-back', {reason: 'verification failed', steps})]),
    LOOK,
  );
  expect(text).toContain('set-running: taken back (put back)');
  expect(text).toContain('verify: failed (runs with 1, not 0)');
  expect(text).toContain('set-rc: not known\n');
  expect(text).not.toContain('stop-service');
});

describe('what to do next', () => {
  const next = (result: HostResult, change: Partial<ApplyRun> = {}): string =>
    renderApply(runOf([hostOf('fw01', result)], change), LOOK);

  test('of what was changed: undo it; of what is open: go on', () => {
    expect(next('changed')).toContain(`Undo: zbufctl rollback ${RUN}`);
    for (const result of ['lost', 'not-started'] as const) {
      expect(next(result)).toContain(`zbufctl apply --resume ${RUN}`);
      expect(next(result)).not.toContain('rollback');
    }
    for (const result of ['already', 'refused', 'rolled-back'] as const)
      expect(next(result)).not.toContain('zbufctl ');
  });

  test('of a rollback: once more, by the run it undoes', () => {
    expect(next('lost', {undoes: EARLIER})).toContain(`Once more: zbufctl rollback ${EARLIER}`);
    expect(next('rolled-back', {undoes: EARLIER})).toContain(`undoes ${EARLIER}`);
    expect(next('rolled-back', {undoes: EARLIER})).not.toContain('Once more');
  });

  test('a run that was stopped, or never ended, says so', () => {
    expect(next('changed', {interrupted: true})).toContain('stopped by the operator');
    const {finishedAt: _, ...open} = runOf([hostOf('fw01', 'lost')]);
    expect(renderApply(open, LOOK)).toContain('never finished: zbufctl was ended');
  });
});

test('a run without hosts says that', () => {
  expect(renderApply(runOf([]), LOOK)).toMatch(/^No host\.\n/);
});

describe('hostile texts', () => {
  test('reach a terminal as text', () => {
    for (const verbose of [false, true]) {
      const text = renderApply(hostileRun(), {...LOOK, verbose});
      expect(text.replaceAll('\n', '')).not.toMatch(ACTIVE);
    }
  });

  test('cannot make a line of their own', () => {
    const lines = renderApply(
      runOf([hostOf('fw\nchanged fw02', 'failed', {reason: 'x\nalready fw03'})]),
      LOOK,
    );
    expect(lines.split('\n').filter((line) => /^(changed|already)/.test(line))).toEqual([]);
  });

  test('of a megabyte cost little, and are cut with a word about it', () => {
    const text = renderApply(hostileRun(), {...LOOK, verbose: true});
    expect(text).toContain('more characters)');
    expect(text.length).toBeLessThan(100_000);
  });

  test('make no line wider than the terminal, measured in columns', () => {
    for (const width of [28, 40, 79, 80, 132]) {
      for (const run of [hostileRun(), runOf(oneOfEach())]) {
        const lines = renderApply(run, {...LOOK, verbose: true, width}).split('\n');
        expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      }
    }
  });

  test('keep their colours out: without colour there is none, and colours change nothing but colours', () => {
    for (const run of [hostileRun(), runOf(oneOfEach())]) {
      const plain = renderApply(run, LOOK);
      const coloured = renderApply(run, {...LOOK, colour: true});
      expect(plain).not.toContain('\u001b');
      expect(coloured).toContain('\u001b[');
      expect(stripVTControlCharacters(coloured)).toBe(plain);
    }
  });
});

describe('what a run came to', () => {
  const stalled = {
    rule: 'ZBUF-001',
    severity: 'critical',
    summary: 'flowtapd lost its buffers',
  } as const;
  const left = {
    text: 'flowtapd (pid 2713) has stopped recording. Restart it.',
    command: 'kill -KILL 2713',
  };
  const run = runOf([
    hostOf('fw02', 'changed'),
    hostOf('fw04', 'changed', {postureAfter: 'broken', standing: [stalled], byHand: [left]}),
    hostOf('fw05', 'not-started', {postureAfter: 'broken', byHand: [left]}),
  ]);

  test('postures before and after, what is left by hand with its command, and what stands', () => {
    const text = renderApply(run, {...LOOK, width: Infinity});
    expect(text).toMatch(/^POSTURE +BEFORE +AFTER$/m);
    expect(text).toMatch(/^broken +3 +2$/m);
    expect(text).toMatch(/^compliant +0 +1$/m);
    expect(text).toContain('Still to do by hand (1 host):\n  fw04: flowtapd (pid 2713)');
    expect(text).toContain('\n      kill -KILL 2713\n');
    expect(text).toContain('Critical or high findings stand on 1 host: fw04 ZBUF-001.');
  });

  test('a dry run, which changes nothing and is not stored, says none of it and names no run', () => {
    const dry = renderApply(
      {...run, dryRun: true, hosts: [hostOf('a', 'not-started', {would: 'change'})]},
      LOOK,
    );
    expect(dry).not.toMatch(/POSTURE|by hand|--resume|rollback/);
    expect(dry).not.toContain(RUN);
    expect(dry).toContain('would change');
    expect(dry).toContain(`zbufctl apply ${PLAN}`);
  });
});
