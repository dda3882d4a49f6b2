import {afterAll, beforeAll, expect, test} from 'vitest';

import type {Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import {schemaComplaints} from '../json-schema.js';
import {ReplayHost} from './replay/replay-host.js';

/**
 * netstat and procstat say nothing to an ordinary user, and exit 0
 * (test/captures/freebsd-13.2/unprivileged-user.txt).
 */
const host = new ReplayHost({state: 'freebsd-13.2/pflogd-stalled-zerocopy', uid: 1001});
let evidence: Evidence;
beforeAll(async () => {
  evidence = await host.evidence();
});
afterAll(() => {
  host.remove();
});

const root = process.getuid?.() === 0;

test('what an ordinary user may not see is unreadable with the reason, never empty', () => {
  expect(evidence.identity.uid).toEqual(read(1001));
  const why = 'netstat: net.bpf.stats: Operation not permitted';
  expect(evidence.samples.map((s) => s.descriptors)).toEqual([
    {state: 'unreadable', why},
    {state: 'unreadable', why},
  ]);
  expect(evidence.holders).toEqual({
    state: 'unreadable',
    why: "procstat -f -a shows a user's own processes only, and this was not root",
  });
  expect(evidence.processes.state).toBe('unreadable');
  expect(evidence.memoryMaps).toEqual({});
});

test('what an ordinary user may see is read', () => {
  expect(evidence.sysctls).toMatchObject({state: 'read', value: {'net.bpf.zerocopy_enable': '1'}});
  expect(evidence.rc.enabled.state).toBe('read');
  expect(evidence.rc.variables.state).toBe('read');
  expect(evidence.files[0]).toMatchObject({path: '/etc/sysctl.conf', content: {state: 'read'}});
  expect(evidence.libraries).toHaveLength(1);
  expect(evidence.programs.find((p) => p.path === '/sbin/pflogd')?.libpcap.state).toBe('read');
  expect(schemaComplaints('src/collect/evidence.schema.json')(evidence)).toEqual([]);
});

test('an empty answer without a complaint counts only when root got it', async () => {
  const programs = {netstat: ':'};
  const quiet = new ReplayHost({state: 'freebsd-15.1/default', uid: 1001, programs});
  const empty = new ReplayHost({state: 'freebsd-15.1/default', programs});
  try {
    const [user, administrator] = [await quiet.evidence(), await empty.evidence()];
    expect(user.samples[0].descriptors.state).toBe('unreadable');
    expect(administrator.samples[0].descriptors).toEqual(read([]));
  } finally {
    quiet.remove();
    empty.remove();
  }
});

test('a memory map of which only the header came is unreadable', async () => {
  const programs = {
    procstat: `case $1 in
-f) exec cat "$root/replay/procstat-f" ;;
*) echo '  PID              START                END PRT  RES PRES REF SHD FLAG  TP PATH' ;;
esac`,
  };
  const other = new ReplayHost({state: 'freebsd-15.1/default', programs});
  try {
    const {memoryMaps} = await other.evidence();
    expect(Object.values(memoryMaps).map((map) => map.state)).toEqual(['unreadable', 'unreadable']);
  } finally {
    other.remove();
  }
});

test.runIf(root)(
  'a file without permission is unreadable, and so is what depends on it',
  async () => {
    const {chmodSync} = await import('node:fs');
    chmodSync(`${host.root}/etc/sysctl.conf`, 0o600);
    chmodSync(`${host.root}/etc/rc.conf`, 0o600);

    const seen = await host.evidence(['0'], {uid: 65_534});

    expect(seen.files[0]?.content).toEqual({state: 'unreadable', why: 'Permission denied'});
    expect(seen.files[1]?.content).toEqual({state: 'absent'});
    expect(seen.rc.files?.find((f) => f.path === '/etc/rc.conf')?.assignments).toEqual({
      state: 'unreadable',
      why: 'Permission denied',
    });
    // sysrc and service leave such a file out and exit 0: what they say is not the whole.
    expect(seen.rc.variables).toEqual({
      state: 'unreadable',
      why: '/etc/rc.conf: Permission denied',
    });
    expect(seen.rc.enabled.state).toBe('unreadable');
  },
);
