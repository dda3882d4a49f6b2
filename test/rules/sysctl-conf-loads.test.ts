import {describe, expect, test} from 'vitest';

import type {OidType} from '../../src/model/oid.js';
import {read, unreadable} from '../../src/model/reading.js';
import {valueProblem} from '../../src/freebsd/sysctl-value.js';
import {practiceEvidence} from '../collect/practice-evidence.js';
import {machineOf} from '../lab/practice-root.js';
import {makeEvidence} from '../world.js';

import {judgeEvidence} from './scene.js';

const judged = (text: string, more: Parameters<typeof makeEvidence>[0] = {}) =>
  finding(judgeEvidence(makeEvidence({...withConf(text), ...more})).findings);

const withConf = (text: string) => ({
  files: [
    {path: '/etc/sysctl.conf', content: read(text)},
    {path: '/etc/sysctl.conf.local', content: {state: 'absent'} as const},
  ],
});

const finding = (findings: ReturnType<typeof judgeEvidence>['findings']) => {
  const found = findings.find((f) => f.rule === 'ZBUF-009');
  return {verdict: found?.verdict, summary: found?.summary ?? ''};
};

/**
 * Files as operators copy them together, from public cases: sysctl(8) of 15.1 takes everything
 * before = or : as the name and answers "unknown oid", and refuses what is read only, no leaf or of
 * another type.
 */
describe('a file on a host, asked of its sysctl(8)', () => {
  test.each([
    [
      'a command',
      '# tuning\nsysctl -w net.bpf.zerocopy_enable=1\n',
      [2],
      "unknown oid 'sysctl -w net.bpf.z",
    ],
    ['a byte order mark', '\xef\xbb\xbfnet.bpf.zerocopy_enable=1\n', [1], 'unknown oid '],
    [
      'a no-break space',
      'net.bpf.zerocopy_enable\xc2\xa0= 1\n',
      [1],
      "unknown oid 'net.bpf.zerocopy_enable",
    ],
    [
      'a semicolon',
      '; BPF settings = for suricata\nnet.bpf.zerocopy_enable = 1 ; zero copy\n',
      [1, 2],
      "invalid integer ';'",
    ],
    [
      'set and export',
      'set net.bpf.zerocopy_enable=1\nexport net.bpf.bufsize=1\n',
      [1, 2],
      'unknown oid',
    ],
    [
      'a dash',
      '-net.bpf.zerocopy_enable=1\n-kern.foo=2\n',
      [1, 2],
      "unknown oid '-net.bpf.zerocopy_enable'",
    ],
    ['slashes', 'net/bpf/zerocopy_enable=1\n', [1], "unknown oid 'net/bpf/zerocopy_enable'"],
    ['an apostrophe', "a'b=1\nkern.nope'=2\nkern.coredump=1\n", [1, 2], "unknown oid 'a'b'"],
    [
      'read only, no leaf, no number',
      'kern.osrevision=1\nkern.ostype=FooBSD\nnet.inet=1\nkern.ipc.somaxconn=lots\nnet.inet.ip.forwarding=1\n',
      [1, 2, 3, 4],
      "oid 'net.inet' isn't a leaf node",
    ],
    [
      'read only tunables',
      'net.inet.icmp.drop_redirect=1\ndev.ix.0.iflib.simple_tx=1\ndev.ix.1.iflib.simple_tx=1\n',
      [2, 3],
      "oid 'dev.ix.0.iflib.simple_tx' is a read only tunable: set it in /boot/loader.conf",
    ],
    ['an opaque value', 'kern.geom.confxml=1\n', [1], 'opaque, cannot set that'],
    ['a size with a letter', 'kern.ipc.maxsockbuf=16M\n', [1], "invalid unsigned long '16M'"],
  ])('%s fails, with line and reason', (_, text, lines, reason) => {
    const {verdict, summary} = finding(
      judgeEvidence(practiceEvidence(machineOf('drift'), {'etc/sysctl.conf': text})).findings,
    );
    expect(verdict).toBe('fail');
    expect(Array.from(summary.matchAll(/sysctl\.conf line (\d+):/g), ([, n]) => Number(n))).toEqual(
      lines,
    );
    expect(summary).toContain(reason);
  });

  test('what sysctl(8) takes passes: hexadecimal, CRs, quotes, a tunable that can be written, text', () => {
    const text =
      'net.bpf.zerocopy_enable=0x0\r\nkern.ipc.maxsockbuf:"2097152"\nkern.ipc.nmbclusters = 1000 # many\n' +
      'kern.hostname=a, b\nkern.ipc.maxsockbuf=-1\n';
    const evidence = practiceEvidence(machineOf('drift'), {'etc/sysctl.conf': text});

    expect(finding(judgeEvidence(evidence).findings)).toEqual({
      verdict: 'pass',
      summary: 'Every line names a value that can be written, and gives it one of its type.',
    });
    expect(evidence.oids).toMatchObject({
      value: {'kern.ipc.nmbclusters': {type: 'integer', writable: true, tunable: true}},
    });
  });

  test('nothing is set by asking', () => {
    const evidence = practiceEvidence(machineOf('drift'), {
      'etc/sysctl.conf': 'net.bpf.zerocopy_enable=7\nnet.bpf.bufsize=1\n',
    });
    expect(evidence.sysctls).toMatchObject({
      value: {'net.bpf.zerocopy_enable': '1', 'net.bpf.bufsize': '4096'},
    });
  });
});

describe('what was not asked', () => {
  test('the way evidence was collected before it was asked: unknown, never a pass', () => {
    const {oids: _, ...before} = makeEvidence(withConf('kern.ipc.somaxconn=1024\n'));
    expect(finding(judgeEvidence(before).findings).verdict).toBe('unknown');
  });

  test.each([
    ['not this name', {oids: read({})}],
    [
      'sysctl -t did not work',
      {oids: unreadable('sysctl -t took too long'), unknownOids: unreadable('so')},
    ],
  ])('%s: unknown, never a pass', (_, more) => {
    const {verdict, summary} = judged('kern.ipc.somaxconn=1024\n', more);
    expect(verdict).toBe('unknown');
    expect(summary).toContain(
      "/etc/sysctl.conf line 1: whether 'kern.ipc.somaxconn' can be set was not asked",
    );
  });

  test('a name with letters no oid has fails by the text alone', () => {
    expect(
      judged('sysctl kern.x=1\n', {oids: unreadable('x'), unknownOids: unreadable('x')}),
    ).toEqual({
      verdict: 'fail',
      summary: "/etc/sysctl.conf line 1: unknown oid 'sysctl kern.x'.",
    });
  });

  test('a name of Object is not known for that', () => {
    expect(judged('constructor=1\n').verdict).toBe('unknown');
  });
});

test.each<[OidType, string, string | undefined]>([
  ['integer', '1', undefined],
  ['integer', '-1', undefined],
  ['integer', '4294967297', undefined],
  ['integer', '0x1f', undefined],
  ['integer', '017', undefined],
  ['integer', '', 'fail: empty numeric value'],
  ['integer', ',', "fail: ',' holds no number, so nothing is set"],
  ['integer', '64M', "fail: invalid integer '64M'"],
  ['integer', '09', "fail: invalid integer '09'"],
  ['integer', '9223372036854775808', "fail: invalid integer '9223372036854775808'"],
  ['unsigned long', '9223372036854775808', undefined],
  ['unsigned integer', '-1', undefined],
  ['uint64_t', '18446744073709551616', "fail: invalid uint64_t '18446744073709551616'"],
  ['unsigned integer', '45.5C', "fail: invalid unsigned integer '45.5C'"],
  ['string', '', undefined],
  ['string', 'a b', undefined],
  ['opaque', '1', "fail: oid 'x' is opaque, cannot set that"],
  ['node', '1', "fail: oid 'x' isn't a leaf node"],
])('%s given %j', (type, value, expected) => {
  const problem = valueProblem('x', type, value);
  expect(problem && `${problem.verdict}: ${problem.why}`).toBe(expected);
});

test.each(['45.0C', '300K', '-4F', '0b101', '1 2', '1,2'])(
  '%s for an integer is unknown',
  (value) => {
    expect(valueProblem('x', 'integer', value)?.verdict).toBe('unknown');
  },
);
