import {spawnSync} from 'node:child_process';

import {expect, test} from 'vitest';

import type {WatchEvent} from '../../../src/model/watch.js';
import type {MeasuredHost} from '../../../src/report/watch/metrics.js';
import {watchMetrics} from '../../../src/report/watch/metrics.js';
import {noticeOfWatch} from '../../../src/report/watch/watch-notice.js';
import {watchLine} from '../../../src/report/watch/watch-text.js';
import {schemaComplaints} from '../../json-schema.js';

const stamp = {schema: 'zbufctl.watch/1', at: '2026-11-24T08:15:00.000Z'} as const;
const host = {...stamp, host: 'fw01'} as const;
const capture = {...host, pid: 7, program: 'pflogd', interface: 'pflog0'} as const;
const judged = {...capture, summary: 'pflogd (pid 7) is lost.', because: [], fix: 'Do.'} as const;

const EVENTS: readonly WatchEvent[] = [
  {...stamp, event: 'started', hosts: 2, interval: 60},
  {...host, event: 'host-connected', again: false},
  {...host, event: 'host-connected', again: true},
  {...host, event: 'host-lost', failure: {kind: 'cut', message: 'it went', fix: 'Look.'}},
  {...host, event: 'sample-failed', why: 'not permitted'},
  {...host, event: 'sample-works'},
  {...capture, event: 'capture-seen', service: 'pflogd'},
  {...capture, event: 'capture-gone', was: 'well'},
  {...capture, event: 'capture-gone', was: 'stalled'},
  {...judged, event: 'capture-stalled'},
  {...judged, event: 'capture-stalled', waived: 'accepted'},
  {...judged, event: 'capture-unknown'},
  {...capture, event: 'capture-recovered', was: 'stalled'},
  {...stamp, event: 'ended', why: 'time', samples: 9, stalled: 1, notAssessed: 0},
];

const complaints = schemaComplaints('src/report/watch.schema.json');

const lines = (verbose: boolean): string =>
  EVENTS.flatMap((event) => watchLine(event, {colour: false, verbose}) ?? []).join('');

test('every event is a line, and fits its schema', () => {
  expect(EVENTS.flatMap(complaints)).toEqual([]);
  expect(complaints({...EVENTS[9], summary: undefined})).not.toEqual([]);
  expect(lines(true)).toBe(`08:15:00  started    2 hosts, a sample every 60 seconds
08:15:00  connected  fw01  connected
08:15:00  connected  fw01  connected again; counted from anew
08:15:00  LOST       fw01  it went
08:15:00  UNKNOWN    fw01  the sample failed: not permitted
08:15:00  seen       fw01  captures are seen again
08:15:00  new        fw01  pflogd (pid 7) on pflog0 captures
08:15:00  gone       fw01  pflogd (pid 7) on pflog0 has ended or closed its capture
08:15:00  gone       fw01  pflogd (pid 7) on pflog0 has ended or closed its capture, which was stalled
08:15:00  STALLED    fw01  pflogd (pid 7) is lost.
08:15:00  STALLED    fw01  pflogd (pid 7) is lost. (waived: accepted)
08:15:00  UNKNOWN    fw01  pflogd (pid 7) is lost.
08:15:00  recovered  fw01  pflogd (pid 7) on pflog0 takes its packets
08:15:00  ended      9 samples; stalled now: 1; hosts not assessed: 0
`);
  // Without -v only what somebody may have to do something about.
  expect(lines(false).split('\n')).toHaveLength(lines(true).split('\n').length - 4);
});

test('what a host says is made harmless', () => {
  const hostile = {...capture, program: 'a\u001b[2J\n', interface: 'x\u202e'};
  const line = watchLine(
    {...hostile, event: 'capture-recovered', was: 'stalled'},
    {colour: false, verbose: false},
  );
  expect(line).toContain('a\\x1b[2J\\x0a (pid 7) on x\\u{202e}');
  const metrics = watchMetrics([
    {
      ...MEASURED,
      captures: [{...ONE, service: undefined, interface: 'e"m\n0{', state: 'well'}],
    },
  ]);
  expect(metrics).toContain('{instance="fw01",service="unknown",interface="e_m_0_"} 0\n');
});

test('a notice names the worst, where, and what to do', () => {
  const notice = noticeOfWatch(EVENTS.slice(9, 10));
  expect([notice.level, notice.subject]).toEqual([
    'bad',
    'zbufctl watch: 1 capture stalled on fw01',
  ]);
  expect(notice.text).toBe('2026-11-24T08:15:00.000Z  fw01: pflogd (pid 7) is lost.\n  Do.\n');
  const many = noticeOfWatch(
    Array.from({length: 40}, (_, at): WatchEvent => ({
      ...host,
      host: `fw${at}`,
      event: 'sample-works',
    })),
  );
  expect([many.level, many.subject]).toEqual([
    'good',
    'zbufctl watch: 40 hosts seen again on 40 hosts',
  ]);
  expect(many.text).toMatch(/\.\.\. and 10 changes more\n$/);
  const document = schemaComplaints('src/report/watch.schema.json', '#/$defs/notice');
  expect(document(notice.document)).toEqual([]);
});

const ONE = {service: 'pflogd', interface: 'pflog0', received: 5, dropped: 1, held: 9} as const;
const MEASURED: MeasuredHost = {
  host: 'fw01',
  connected: true,
  complete: true,
  samples: 3,
  sampledAt: '2026-11-24T08:15:00.000Z',
  captures: [],
};

test.each([
  [['well', 'well'], '0'],
  [['well', 'unknown'], 'NaN'],
  [['new'], 'NaN'],
  [['unknown', 'stalled', 'new', 'well'], '1'],
] as const)('captures of a service on an interface that are %s: %s', (states, value) => {
  const metrics = watchMetrics([
    {...MEASURED, captures: states.map((state) => ({...ONE, state}))},
    {...MEASURED, host: 'fw02', connected: false, complete: false, sampledAt: undefined},
  ]);
  const labels = '{instance="fw01",service="pflogd",interface="pflog0"}';
  expect(metrics).toContain(`zbufctl_bpf_stalled${labels} ${value}\n`);
  expect(metrics).toContain(`zbufctl_bpf_received_total${labels} ${5 * states.length}\n`);
  expect(metrics).toContain('zbufctl_collect_complete{instance="fw02"} 0\n');
  expect(metrics).not.toContain('timestamp_seconds{instance="fw02"}');
  if (spawnSync('promtool', ['--version']).status === 0)
    expect(spawnSync('promtool', ['check', 'metrics'], {input: metrics}).status).toBe(0);
});
