import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from 'vitest';

import type {CheckFormat} from '../../src/model/check-format.js';

import {checkText} from './check-host.js';

const folder = mkdtempSync(join(tmpdir(), 'zbufctl-answers-'));
afterAll(() => {
  rmSync(folder, {recursive: true});
});

const verdict = (posture: string, why: string, ...captures: readonly string[]): string =>
  [
    `posture\t${posture}`,
    'running\t1',
    posture === 'unknown' ? 'boot\tunknown' : 'boot\t0',
    `why\t${why}`,
    'time\t1795750264',
    ...captures.map((capture) => `capture\t${capture}`),
    'end',
  ].join('\n');
const WELL = verdict('compliant', 'one capture', 'pflogd\tpflog0\t0\t120\t3\t0');
const LOST = verdict(
  'broken',
  'pflogd (pid 2240) on pflog0 has stopped recording',
  'pflogd\tpflog0\t1\t246\t0\t12460',
  'dhclient\tem0\tNaN\t5\t0\t9',
);
const BLIND = verdict('unknown', 'captures were not seen: only root is told of captures');
/** The look was killed, or died. */
const CUT = 'posture\tcompliant\nrunning\t0';

/** What a check answers when its look came to this verdict. */
function answer(
  format: CheckFormat,
  said: string,
  args: readonly string[] = [],
  programs: Readonly<Record<string, string>> = {},
): {readonly out: string; readonly err: string; readonly code: number | null} {
  const root = mkdtempSync(join(folder, 'root-'));
  mkdirSync(join(root, '.lab'));
  mkdirSync(join(root, 'bin'));
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  const look = 'look "$@" | awk "$judge"';
  const text = checkText(format);
  expect(text).toContain(look);
  const path = join(root, 'check.sh');
  writeFileSync(join(root, 'said'), `${said}\n`);
  writeFileSync(path, text.replace(look, `cat ${join(root, 'said')}`));
  const {stdout, stderr, status} = spawnSync('/bin/sh', [path, ...args], {
    encoding: 'utf8',
    env: {PATH: '/usr/bin:/bin', ZBUFCTL_ROOT: root},
  });
  return {out: stdout.replaceAll(root, 'ROOT'), err: stderr, code: status};
}

describe('nagios', () => {
  test.each([
    ['well', WELL, 0, 'OK'],
    ['lost', LOST, 2, 'CRITICAL'],
    ['at risk', verdict('at-risk', 'x'), 1, 'WARNING'],
    ['not seen', BLIND, 3, 'UNKNOWN'],
    ['cut short', CUT, 3, 'UNKNOWN'],
    ['no verdict', '', 3, 'UNKNOWN'],
    ['a word nobody knows', verdict('fine', 'x'), 3, 'UNKNOWN'],
  ])('%s', (_, said, code, word) => {
    const answered = answer('nagios', said);

    expect([answered.code, answered.err]).toEqual([code, '']);
    expect(answered.out).toMatch(
      new RegExp(`^ZBUFCTL ${word}: .* \\| running=(\\d|U) boot=(\\d|U).*\\n$`),
    );
  });

  test('one line, with performance data as the plugins have it', () => {
    expect(answer('nagios', LOST).out).toBe(
      `ZBUFCTL CRITICAL: broken: pflogd (pid 2240) on pflog0 has stopped recording | running=1 boot=0 'pflogd_pflog0_stalled'=1;;0 'pflogd_pflog0_received'=246c 'pflogd_pflog0_dropped'=0c 'pflogd_pflog0_held'=12460B 'dhclient_em0_stalled'=U;;0 'dhclient_em0_received'=5c 'dhclient_em0_dropped'=0c 'dhclient_em0_held'=9B\n`,
    );
  });
});

/** A path as it is from within a practice root. */
const outOf = (path: string): string => `${'/..'.repeat(12)}${path}`;

describe('prometheus', () => {
  const metrics = (said: string): string => {
    const target = join(mkdtempSync(join(folder, 'metrics-')), 'zbufctl.prom');
    // The path is below the practice root; there it leads out again.
    const {code, err} = answer('prometheus', said, [outOf(target)]);
    expect([code, err]).toEqual([0, '']);
    expect(readdirSync(join(target, '..'))).toEqual(['zbufctl.prom']);
    return readFileSync(target, 'utf8');
  };

  test('a capture that is lost', () => {
    const text = metrics(LOST);

    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'zbufctl_bpf_stalled{service="pflogd",interface="pflog0"} 1',
      'zbufctl_bpf_stalled{service="dhclient",interface="em0"} NaN',
      'zbufctl_bpf_received_total{service="pflogd",interface="pflog0"} 246',
      'zbufctl_bpf_received_total{service="dhclient",interface="em0"} 5',
      'zbufctl_bpf_dropped_total{service="pflogd",interface="pflog0"} 0',
      'zbufctl_bpf_dropped_total{service="dhclient",interface="em0"} 0',
      'zbufctl_bpf_held_bytes{service="pflogd",interface="pflog0"} 12460',
      'zbufctl_bpf_held_bytes{service="dhclient",interface="em0"} 9',
      'zbufctl_zerocopy_value{where="running"} 1',
      'zbufctl_zerocopy_value{where="boot"} 0',
      'zbufctl_posture{posture="broken"} 1',
      ...['at-risk', 'drift', 'ineffective', 'compliant', 'unknown', 'not-applicable'].map(
        (word) => `zbufctl_posture{posture="${word}"} 0`,
      ),
      'zbufctl_collect_complete 1',
      'zbufctl_collect_timestamp_seconds 1795750264',
      '',
    ]);
  });

  test.each([
    ['nothing was seen', BLIND],
    ['the look was cut short', CUT],
  ])('%s: it says so, and does not vanish', (_, said) => {
    const text = metrics(said);

    expect(text).toContain('\nzbufctl_posture{posture="unknown"} 1\n');
    expect(text).toContain('\nzbufctl_collect_complete 0\n');
    expect(text).toContain('\nzbufctl_zerocopy_value{where="boot"} NaN\n');
    expect(text).toMatch(/\nzbufctl_collect_timestamp_seconds \d{10}\n$/);
  });

  test('a folder that is not there is an error, on stderr', () => {
    const {code, err} = answer('prometheus', WELL, ['/nowhere/zbufctl.prom']);

    expect(code).toBe(1);
    expect(err).toContain('nowhere');
  });
});

describe('zabbix', () => {
  test('everything as one object', () => {
    expect(JSON.parse(answer('zabbix', LOST).out)).toEqual({
      posture: 'broken',
      complete: 1,
      why: 'pflogd (pid 2240) on pflog0 has stopped recording',
      running: 1,
      boot: 0,
      timestamp: 1_795_750_264,
      captures: [
        {
          service: 'pflogd',
          interface: 'pflog0',
          stalled: 1,
          received: 246,
          dropped: 0,
          held: 12_460,
        },
        {service: 'dhclient', interface: 'em0', stalled: null, received: 5, dropped: 0, held: 9},
      ],
    });
    expect(JSON.parse(answer('zabbix', CUT).out)).toMatchObject({complete: 0, boot: null});
  });

  test('the captures, for low-level discovery', () => {
    expect(JSON.parse(answer('zabbix', LOST, ['lld']).out)).toEqual([
      {'{#SERVICE}': 'pflogd', '{#INTERFACE}': 'pflog0'},
      {'{#SERVICE}': 'dhclient', '{#INTERFACE}': 'em0'},
    ]);
    expect(JSON.parse(answer('zabbix', BLIND, ['lld']).out)).toEqual([]);
  });
});

describe('periodic', () => {
  test('0 for what is well, 3 for the rest', () => {
    expect(answer('periodic', WELL)).toMatchObject({
      out: '\nPacket captures (zbufctl):\ncompliant: one capture\n',
      code: 0,
    });
    const lost = answer('periodic', LOST);
    expect(lost.code).toBe(3);
    expect(lost.out).toContain('\n  pflogd on pflog0: 246 received, 0 dropped, 12460 bytes held\n');
    expect(answer('periodic', CUT).code).toBe(3);
  });
});

describe('syslog', () => {
  const logger = {logger: `printf '%s\\n' "$@"`};
  test.each([
    [WELL, 'daemon.info', 'posture=compliant running=1 boot=0 one capture'],
    [
      LOST,
      'daemon.crit',
      'posture=broken running=1 boot=0 pflogd (pid 2240) on pflog0 has stopped recording',
    ],
    [
      BLIND,
      'daemon.err',
      'posture=unknown running=1 boot=unknown captures were not seen: only root is told of captures',
    ],
  ])('a line a run, whatever it says', (said, level, text) => {
    expect(answer('syslog', said, [], logger)).toEqual({
      out: `-t\nzbufctl\n-p\n${level}\n--\n${text}\n`,
      err: '',
      code: 0,
    });
  });
});
