import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import type {Evidence, Mapping} from '../../src/model/evidence.js';
import type {Reading} from '../../src/model/reading.js';
import {absent, read} from '../../src/model/reading.js';
import {canonicalJson} from '../../src/text/canonical-json.js';
import {schemaComplaints} from '../json-schema.js';
import type {State} from './replay/replay-host.js';
import {captured, ReplayHost, STATES} from './replay/replay-host.js';

/**
 * The real collector under dash, on hosts whose programs print what was captured; see
 * test/captures.
 */
const hosts = new Map<State, ReplayHost>();
const collected = new Map<State, Evidence>();

beforeAll(async () => {
  for (const state of STATES) {
    const host = new ReplayHost({state});
    hosts.set(state, host);
    collected.set(state, await host.evidence());
  }
});
afterAll(() => {
  for (const host of hosts.values()) host.remove();
});

const evidenceOf = (state: State): Evidence => collected.get(state)!;

function valueOf<T>(reading: Reading<T> | undefined): T {
  if (reading?.state !== 'read') throw new Error(JSON.stringify(reading));
  return reading.value;
}

/** Rows of a captured table, cut at blanks; the tables' own columns, not ours. */
const rows = (state: State, name: string): string[][] =>
  captured(state, name)
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

interface OpenFiles {
  readonly process_id: number;
  readonly command: string;
  readonly files: readonly {
    readonly fd: number | string;
    readonly ref_count: number;
    readonly offset: number;
    readonly path: string;
  }[];
}

describe.each(STATES)('%s', (state) => {
  test('says what the host is', () => {
    const {identity, practice} = evidenceOf(state);
    const [, release, machine, processor, kernel, userland] = rows(state, 'uname.txt')[0]!;

    expect(practice).toBe(true);
    expect(identity).toMatchObject({
      system: read('FreeBSD'),
      release: read(release),
      machine: read(machine),
      processor: read(processor),
      osreldate: read({kernel: Number(kernel), userland: Number(userland)}),
      versions: read({kernel: release, running: release, userland: release}),
      hostname: read('fw.example.net'),
      jailed: read(false),
      securelevel: read(-1),
      product: absent,
      uid: read(0),
      bootTime: read(1795500000),
    });
    expect(valueOf(identity.time)).toBeGreaterThan(1_600_000_000);
  });

  test('has every value under net.bpf as sysctl printed it', () => {
    const expected = Object.fromEntries(
      captured(state, 'sysctl-net.bpf.txt')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ')),
    ) as Record<string, string>;

    expect(evidenceOf(state).sysctls).toEqual(read(expected));
    expect(evidenceOf(state).kenv).toEqual(absent);
  });

  test('has every descriptor in both samples, with numbers equal to those of the text table', () => {
    const {samples} = evidenceOf(state);
    const expected = rows(state, 'netstat-B.txt')
      .slice(1)
      .map(([pid, interfaceName, flags, received, dropped, matched, store, hold, command]) => ({
        pid: Number(pid),
        interfaceName,
        command,
        received: Number(received),
        dropped: Number(dropped),
        matched: Number(matched),
        storeLength: Number(store),
        holdLength: Number(hold),
        promiscuous: flags!.startsWith('p'),
        locked: flags!.endsWith('l'),
      }));

    expect(expected.length).toBeGreaterThan(0);
    expect(samples.map((sample) => sample.descriptors)).toEqual([read(expected), read(expected)]);
    expect(valueOf(samples[1].at)).toBeGreaterThanOrEqual(valueOf(samples[0].at));
  });

  test('has every holder of /dev/bpf with its reference count and offset', () => {
    const {procstat} = JSON.parse(captured(state, 'procstat-f-json.txt')) as {
      procstat: {files: Record<string, OpenFiles>};
    };
    const expected = Object.values(procstat.files).flatMap(({process_id: pid, command, files}) =>
      files
        .filter(({path}) => path === '/dev/bpf')
        .map(({fd, ref_count: refCount, offset, path}) => ({
          pid,
          command,
          fd: String(fd),
          refCount: read(refCount),
          offset: read(offset),
          path,
        })),
    );

    expect(expected.length).toBeGreaterThan(0);
    expect(evidenceOf(state).holders).toEqual(read(expected));
  });

  test('has the capturing processes, and no stranger', () => {
    const processes = valueOf(evidenceOf(state).processes);
    const holders = valueOf(evidenceOf(state).holders);

    expect(processes.map((p) => p.pid).toSorted()).toEqual(holders.map((h) => h.pid).toSorted());
    for (const found of processes) {
      const line = captured(state, 'ps.txt')
        .split('\n')
        .find((l) => l.trimStart().startsWith(`${found.pid} `))!;
      expect(line.trimEnd().endsWith(found.args)).toBe(true);
      expect(line).toContain(` ${found.user} `);
      expect(line).toContain(` ${found.started} `);
      expect(found.command).toBe(holders.find((h) => h.pid === found.pid)!.command);
    }
  });

  test('has every line of every memory map', () => {
    const {memoryMaps} = evidenceOf(state);
    const table = rows(state, 'procstat-v-bpf.txt').filter(([first]) => first !== 'PID');
    const flat = Object.entries(memoryMaps).flatMap(([pid, map]) =>
      valueOf(map).map((m: Mapping) => [
        pid,
        m.start,
        m.end,
        m.protection,
        ...[m.resident, m.privateResident, m.refCount, m.shadowCount].map(String),
        m.flags,
        m.type,
        ...(m.path === '' ? [] : [m.path]),
      ]),
    );

    expect(flat).toEqual(table);
    for (const map of Object.values(memoryMaps))
      for (const m of valueOf(map)) expect(m.pages).toBe((Number(m.end) - Number(m.start)) / 4096);
    // Stored as they are: to sort them took a tenth of an audit's CPU.
    expect(JSON.stringify(memoryMaps)).toBe(canonicalJson(memoryMaps));
  });

  test('has the libpcap on the host, its version, and which program loads it', () => {
    const evidence = evidenceOf(state);
    const version = captured(state, 'libpcap-strings.txt').trim();

    expect(evidence.libraries).toEqual([{path: '/lib/libpcap.so.8', version: read(version)}]);
    expect(evidence.programs.find((p) => p.path === '/sbin/pflogd')).toEqual({
      path: '/sbin/pflogd',
      libpcap: read('/lib/libpcap.so.8'),
      builtIn: absent,
    });
    expect(evidence.programs.find((p) => p.path === '/usr/sbin/sshd')?.libpcap).toMatchObject({
      state: 'unreadable',
      why: 'there is no such program',
    });
  });

  test('has what rc starts, from which file, and the program of each script', () => {
    const {rc} = evidenceOf(state);
    const variables = captured(state, 'sysrc-a.txt').trimEnd().split('\n');

    expect(rc.enabled).toEqual(read(captured(state, 'service-e.txt').trimEnd().split('\n')));
    expect(rc.variables).toEqual(
      read(
        Object.fromEntries(
          variables.map((line) => {
            const [name = '', value = ''] = line.split(': ');
            // Of what no capture needs only the name leaves the host.
            return [name, /_enable$|^pflog_/.test(name) ? value : '[redacted]'];
          }),
        ),
      ),
    );
    expect(rc.commands).toEqual({
      '/etc/rc.d/pflog': '/sbin/pflogd',
      '/etc/rc.d/sshd': '/usr/sbin/sshd',
    });
    expect(rc.files?.map((file) => [file.path, file.assignments.state])).toEqual([
      ['/etc/defaults/vendor.conf', 'absent'],
      ['/etc/rc.conf', 'read'],
      ['/etc/rc.conf.local', 'absent'],
    ]);
    const line = variables.findIndex((v) => v.startsWith('pflog_enable')) + 1;
    expect(valueOf(rc.files?.[1]?.assignments)).toContainEqual({
      line,
      name: 'pflog_enable',
      value: 'YES',
      literal: true,
      text: 'pflog_enable="YES"',
    });
    // A host name is nobody's business here, and no capture depends on it.
    expect(JSON.stringify(rc.files)).not.toContain('hostname');
  });

  test('keeps to the published schema, and leaves nothing unexplained', () => {
    expect(schemaComplaints('src/collect/evidence.schema.json')(evidenceOf(state))).toEqual([]);
    expect(evidenceOf(state).unknownRecords).toEqual([]);
    expect(evidenceOf(state).unknownOids).toEqual(read([]));
  });
});

test('the second sample is a look of its own', async () => {
  const state = 'freebsd-15.1/pflogd-stalled-zerocopy';
  const later = captured(state, 'netstat-B-json.txt').replace(
    '"received-packets": 246',
    '"received-packets": 300',
  );
  const host = new ReplayHost({state, secondNetstat: later});
  try {
    const {samples} = await host.evidence();
    expect(samples.map((s) => valueOf(s.descriptors)[0]?.received)).toEqual([246, 300]);
  } finally {
    host.remove();
  }
});

test('the samples are as far apart as was asked, by the host’s own clock', async () => {
  const host = new ReplayHost({state: 'freebsd-13.2/default-base-libpcap'});
  try {
    const {samples} = await host.evidence(['2']);
    expect(valueOf(samples[1].at) - valueOf(samples[0].at)).toBeGreaterThanOrEqual(2);
  } finally {
    host.remove();
  }
});
