import {expect, test} from 'vitest';

import type {Evidence} from '../../../src/model/evidence.js';
import {read} from '../../../src/model/reading.js';
import {libpcapAtNextStart} from '../../../src/rules/reading/libpcap-in-use.js';

import {hostOf} from '../scene.js';

const WITHOUT = 'libpcap version 1.10.5 (64-bit time_t)';
const capture = {
  pid: 71,
  command: 'pflogd',
  args: '/sbin/pflogd -i em0',
  before: [1, 0, 0],
  after: [2, 0, 0],
  memory: [],
} as const;

/** A capture in this jail, on a host that may be a jail itself. */
function hostWith(jid: number, libpcap: string | undefined, jailed = false): Evidence {
  const host = hostOf({captures: [capture], ...(libpcap === undefined ? {} : {libpcap})});
  const {processes, identity} = host;
  if (processes.state !== 'read') throw new Error('no processes');
  return {
    ...host,
    identity: {...identity, jailed: read(jailed)},
    processes: read(processes.value.map((process) => ({...process, jid}))),
  };
}

test.each([
  ['on the host', 0, WITHOUT, false, 'no'],
  ['in a jail, which has libraries and a libmap.conf of its own', 3, WITHOUT, false, 'unknown'],
  ['in a jail, with a libpcap that can do it', 3, undefined, false, 'yes'],
  ['in the jail that was looked at from inside', 3, WITHOUT, true, 'no'],
] as const)('the libpcap of the next start, %s', (_, jid, libpcap, jailed, can) => {
  const evidence = hostWith(jid, libpcap, jailed);
  const use = libpcapAtNextStart(evidence, {
    pids: [capture.pid],
    path: undefined,
    service: undefined,
  });

  expect(use.can).toBe(can);
  if (can === 'unknown')
    expect(use.why).toContain('jail 3, whose libraries and libmap.conf were not read');
});
