import {expect, test} from 'vitest';

import type {ProbeCell, ProbedHost, StoredProbe} from '../../src/model/probe.js';
import {expectedMatrix} from '../../src/probe/expected-matrix.js';
import {probeAgrees} from '../../src/rules/zbuf-010-probe-agrees.js';
import {makeEvidence} from '../world.js';

/** What a kernel that behaves as measured answers to 20 packets a round. */
const matrix: readonly ProbeCell[] = expectedMatrix.map(
  ({parent, child, basis: _basis, ...cell}) => ({
    ...cell,
    sent: parent.map(() => 20),
    parent: parent.map((share) => share * 20),
    child: child.map((share) => share * 20),
    seenByOther: parent.map(() => 0),
  }),
);

const stored = (changes: Partial<ProbedHost>): StoredProbe => ({
  run: '20261124T081500Z-probe-3f9a',
  at: '2026-11-24T08:15:20Z',
  host: {
    host: 'fw01.example.net',
    kernel: '15.1-RELEASE-p1',
    machine: 'amd64',
    model: false,
    interface: 'lo0',
    zerocopyBefore: 1,
    zerocopyAfter: 1,
    elapsedMilliseconds: 9000,
    matrix,
    ...changes,
  },
});

const verdictOf = (probe?: StoredProbe): unknown => {
  const scene = {evidence: makeEvidence(), services: [], policy: {}};
  return probeAgrees.evaluate(probe === undefined ? scene : {...scene, probe})[0]?.verdict;
};

test('a kernel that behaves as measured passes; one cell that differs fails', () => {
  expect(verdictOf(stored({}))).toBe('pass');
  const cell = matrix.findIndex(
    (c) => c.mode === 'zbuf' && c.inherit === 'default' && c.scenario === 'helper-alive',
  );
  const healed = matrix.map((c, at): ProbeCell => {
    if (at !== cell) return c;
    const {stalledAtRound: _stalled, ...rest} = c;
    return {...rest, verdict: 'delivered'};
  });
  expect(verdictOf(stored({matrix: healed}))).toBe('fail');
});

test('no probe, another kernel, a model, an error and half a matrix are all unknown', () => {
  expect(verdictOf()).toBe('unknown');
  expect(verdictOf(stored({kernel: '15.0-RELEASE'}))).toBe('unknown');
  expect(verdictOf(stored({model: true}))).toBe('unknown');
  expect(verdictOf(stored({error: {code: 'zerocopy-off'}, matrix: []}))).toBe('unknown');
  expect(verdictOf(stored({matrix: matrix.slice(1)}))).toBe('unknown');
});
