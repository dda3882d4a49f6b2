import fc from 'fast-check';
import {expect, test} from 'vitest';

import type {Share} from '../../src/plan/share.js';
import {hostsIn} from '../../src/plan/share.js';
import {waves} from '../../src/plan/waves.js';

const sizes = (hosts: number, canaries: number, batch?: Share): readonly string[] =>
  waves(
    Array.from({length: hosts}, (_, i) => i),
    canaries,
    batch,
  ).map((wave) => `${wave.kind} ${wave.hosts.length}`);

test('canaries go first, then batches; a part of all hosts, not of those that are left', () => {
  expect(sizes(10, 1, {unit: 'hosts', count: 4})).toEqual([
    'canary 1',
    'batch 4',
    'batch 4',
    'batch 1',
  ]);
  expect(sizes(9, 1, {unit: 'percent', percent: 50})).toEqual(['canary 1', 'batch 4', 'batch 4']);
  expect(sizes(8, 2)).toEqual(['canary 2', 'batch 6']);
  expect(sizes(3, 0)).toEqual(['batch 3']);
});

test('a batch of nothing is a batch of one, so that it always ends', () => {
  expect(sizes(3, 1, {unit: 'percent', percent: 1})).toEqual(['canary 1', 'batch 1', 'batch 1']);
  expect(sizes(2, 0, {unit: 'hosts', count: 0})).toEqual(['batch 1', 'batch 1']);
});

test('no hosts are no waves; more canaries than hosts are all of them', () => {
  expect(sizes(0, 1)).toEqual([]);
  expect(sizes(2, 5, {unit: 'hosts', count: 1})).toEqual(['canary 2']);
});

test('every host is in one wave, in its order, and no batch is too big', () => {
  const share = fc.option(
    fc.oneof(
      fc.record({unit: fc.constant('hosts' as const), count: fc.nat(20)}),
      fc.record({unit: fc.constant('percent' as const), percent: fc.nat(100)}),
    ),
    {nil: undefined},
  );
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(10), share, (hosts, canaries, batch) => {
      const made = waves(hosts, canaries, batch);
      expect(made.flatMap((wave) => wave.hosts)).toEqual(hosts);
      const most = batch === undefined ? hosts.length : Math.max(1, hostsIn(batch, hosts.length));
      for (const [index, wave] of made.entries()) {
        expect(wave.hosts.length).toBeGreaterThan(0);
        expect(wave.kind === 'canary').toBe(index === 0 && canaries > 0);
        expect(wave.hosts.length).toBeLessThanOrEqual(wave.kind === 'canary' ? canaries : most);
      }
    }),
  );
});
