import {expect, test} from 'vitest';

import {sharing} from '../../src/app/alike.js';
import type {AuditedHost} from '../../src/model/audit-run.js';
import {usedHeap} from '../tools/used-heap.js';
import {makeFinding} from '../world/finding.js';
import {makeHost} from '../world/run.js';

/** A host whose texts are cut out of the long one it sent, as those of the collector are. */
function cutFrom(sent: string, host: string): AuditedHost {
  const text = sent.slice(100, 160);
  return makeHost({
    host,
    posture: 'broken',
    release: text,
    doThis: [text],
    findings: [
      makeFinding({
        rule: 'ZBUF-001',
        because: [{reading: text, source: text, state: 'read', value: host}],
      }),
      makeFinding({rule: 'ZBUF-002'}),
    ],
  });
}

test('a host stays as it was, and what two hosts say alike is there once', () => {
  const alike = sharing();
  const hosts = ['a', 'b'].map((name) => cutFrom('x'.repeat(1000), name));

  const shared = hosts.map(alike);

  expect(shared).toEqual(hosts);
  expect(shared[0]?.findings[1]).toBe(shared[1]?.findings[1]);
  expect(shared[0]?.findings[0]).not.toBe(shared[1]?.findings[0]);
});

test('a run holds less than 1.6 KB a host, however much the hosts sent', () => {
  const alike = sharing();
  const hosts: AuditedHost[] = [];
  const before = usedHeap();
  for (let i = 0; i < 1000; i += 1) {
    // Flat, as what comes from a socket is; a repeated string would be a rope.
    const sent = Buffer.alloc(60_000, `${i} `).toString('latin1');
    hosts.push(alike(cutFrom(sent, `h${i}`)));
  }
  expect((usedHeap() - before) / hosts.length).toBeLessThan(1600);
});
