import {expect, test} from 'vitest';

import {exitCodeOfApply, exitCodeOfDryRun} from '../../../src/cli/change/exit-code-of-apply.js';
import type {ExitCode} from '../../../src/cli/exit-codes.js';
import type {HostResult, Would} from '../../../src/model/apply-run.js';
import {hostOutcome} from '../../../src/plan/host-outcome.js';
import {EARLIER, plannedOf} from '../../app/change/fleet.js';

const codeOf = (
  results: readonly HostResult[],
  more: {interrupted?: boolean; undoes?: string} = {},
): ExitCode =>
  exitCodeOfApply({
    interrupted: false,
    hosts: results.map((result, i) => hostOutcome(plannedOf(`fw${i}`), result)),
    ...more,
  });

test.each<[HostResult, ExitCode]>([
  ['changed', 0],
  ['already', 0],
  ['not-started', 4],
  ['refused', 5],
  ['rolled-back', 6],
  ['lost', 7],
  ['failed', 7],
])('a host that is %s makes it %i', (result, code) => {
  expect(codeOf([result])).toBe(code);
  expect(codeOf(['changed', result, 'already'])).toBe(code);
});

test('with several, the largest that applies', () => {
  expect(codeOf(['refused', 'not-started', 'changed'])).toBe(5);
  expect(codeOf(['rolled-back', 'lost', 'refused'])).toBe(7);
  expect(codeOf(['refused', 'rolled-back'])).toBe(6);
  expect(codeOf([])).toBe(0);
});

test('to a rollback, a host that was rolled back is what was wanted; one in doubt still is', () => {
  expect(codeOf(['rolled-back', 'already'], {undoes: EARLIER})).toBe(0);
  expect(codeOf(['rolled-back', 'failed'], {undoes: EARLIER})).toBe(7);
  expect(codeOf(['rolled-back', 'not-started'], {undoes: EARLIER})).toBe(4);
  expect(codeOf(['rolled-back', 'refused'], {undoes: EARLIER})).toBe(5);
});

test('a run that was stopped did not do everything, and hides nothing worse', () => {
  expect(codeOf(['changed'], {interrupted: true})).toBe(4);
  expect(codeOf(['lost'], {interrupted: true})).toBe(7);
});

test('while a critical or high finding stands a host is not done; what is worse still wins', () => {
  const finding = {rule: 'ZBUF-001', severity: 'critical', summary: 'stalled'} as const;
  const done = {...hostOutcome(plannedOf('fw0'), 'changed'), standing: [finding]};
  const of = (...results: readonly HostResult[]): ExitCode =>
    exitCodeOfApply({
      interrupted: false,
      hosts: [done, ...results.map((result, i) => hostOutcome(plannedOf(`fw${i + 1}`), result))],
    });
  expect(of()).toBe(3);
  expect(of('not-started')).toBe(4);
  expect(of('rolled-back')).toBe(6);
  expect(of('lost')).toBe(7);
  expect(exitCodeOfApply({interrupted: false, undoes: EARLIER, hosts: [done]})).toBe(0);
});

test.each<[Would | undefined, ExitCode]>([
  ['change', 3],
  ['nothing', 0],
  ['refuse', 5],
  [undefined, 4],
])('a dry run that would %s ends with %i', (would, code) => {
  const entry = hostOutcome(plannedOf('fw0'), 'not-started', 'dry run: it would be changed now');
  expect(exitCodeOfDryRun({hosts: [would === undefined ? entry : {...entry, would}]})).toBe(code);
});
