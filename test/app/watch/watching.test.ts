import {expect, test} from 'vitest';

import {Watching} from '../../../src/app/watch/watching.js';
import {metricsOf} from '../../../src/cli/watch/metrics-of.js';
import type {HostChange} from '../../../src/model/watch.js';
import {testHost} from '../../io/ssh/client.js';
import {sampled, sampleOf} from '../../watch/samples.js';

test('a host that is connected and gives no sample any more is not known: it may hang', () => {
  const told: HostChange[] = [];
  let now = 0;
  const beat = {nextWaits: () => [], elapsed: () => now, patienceMs: 130_000};
  const host = new Watching(testHost(), beat, (_, change) => told.push(change));
  const moves = [sampleOf({packets: 1}), sampleOf({packets: 2})];
  host.sampled(sampled(moves), '2026-11-24T08:15:00.000Z');

  now = 130_000;
  expect(metricsOf({hosts: [host]})).toContain('zbufctl_collect_complete{instance="fw1"} 1\n');
  now += 1;
  const late = metricsOf({hosts: [host]});
  expect([host.isConnected, host.isHeard]).toEqual([true, false]);
  expect(late).toContain('zbufctl_collect_complete{instance="fw1"} 0\n');
  expect(late).toMatch(/^zbufctl_bpf_stalled\{.*\} NaN$/m);

  host.sampled(sampled(moves, host.state), '2026-11-24T08:18:00.000Z');
  expect(host.isHeard).toBe(true);
  expect(told.map(({event}) => event)).toEqual(['host-connected']);
});
