import {expect, test} from 'vitest';

import type {AuditedHost} from '../../src/model/audit-run.js';
import {hostOnDemand, lightOf, withMembers} from '../../src/text/host-on-demand.js';
import {usedHeap} from '../tools/used-heap.js';
import {makeHost} from '../world/run.js';

const HOSTS = 5000;
const source = {whole: () => makeHost({host: 'h', posture: 'compliant'})};

test.each<[string, (host: AuditedHost) => AuditedHost]>([
  ['that fetches', (host) => host],
  ['that was given a member', (host) => withMembers(host, {version: 1})],
])('a host %s takes less than 500 bytes: there may be a hundred thousand', (_, change) => {
  const {host, ...light} = lightOf(source.whole());
  const make = (i: number): AuditedHost =>
    change(hostOnDemand({...light, counted: [], host: {...host, host: `h${i}`}}, source, i));
  make(0);
  const before = usedHeap();
  const hosts = Array.from({length: HOSTS}, (__, i) => make(i));
  expect((usedHeap() - before) / hosts.length).toBeLessThan(500);
});
