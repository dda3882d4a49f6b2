import {expect, test} from 'vitest';

import type {WatchEvent} from '../../src/model/watch.js';
import {Alerts, GATHER_MS} from '../../src/watch/alerts.js';

const stamp = {schema: 'zbufctl.watch/1', at: '2026-11-24T08:15:00.000Z', host: 'fw01'} as const;
const capture = {...stamp, pid: 7, program: 'pflogd', interface: 'pflog0'} as const;
const judged = {...capture, summary: 'x', because: [], fix: ''} as const;
const failure = {kind: 'cut', message: 'x', fix: 'y'} as const;

const EVENTS = {
  stalled: {...judged, event: 'capture-stalled'},
  waived: {...judged, event: 'capture-stalled', waived: 'accepted'},
  unknown: {...judged, event: 'capture-unknown'},
  recovered: {...capture, event: 'capture-recovered', was: 'stalled'},
  gone: {...capture, event: 'capture-gone', was: 'stalled'},
  lost: {...stamp, event: 'host-lost', failure},
  another: {...stamp, event: 'host-lost', failure: {...failure, kind: 'host-key-changed'}},
  back: {...stamp, event: 'host-connected', again: true},
  failed: {...stamp, event: 'sample-failed', why: 'x'},
  works: {...stamp, event: 'sample-works'},
} as const satisfies Record<string, WatchEvent>;

const PATIENCE = 100_000;
const LATER = GATHER_MS + 1;

/** Events with the milliseconds since the one before, and what is told of them, in order. */
const RUNS: readonly (readonly [
  what: string,
  run: readonly (readonly [word: keyof typeof EVENTS, afterMs: number])[],
  told: readonly string[],
])[] = [
  ['stalled', [['stalled', 0]], ['capture-stalled']],
  [
    'stalled, restarted',
    [
      ['stalled', 0],
      ['gone', LATER],
    ],
    ['capture-stalled', 'capture-gone'],
  ],
  [
    'stalled for a moment',
    [
      ['stalled', 0],
      ['recovered', 10],
    ],
    [],
  ],
  [
    'waived',
    [
      ['waived', 0],
      ['gone', LATER],
    ],
    [],
  ],
  ['a healthy one ends', [['gone', 0]], []],
  [
    'lost and soon back',
    [
      ['lost', 0],
      ['back', PATIENCE - 1],
    ],
    [],
  ],
  [
    'lost for long',
    [
      ['lost', 0],
      ['back', PATIENCE + LATER],
    ],
    ['host-lost', 'host-connected'],
  ],
  [
    'comes back with another key',
    [
      ['lost', 0],
      ['another', 2000],
      ['back', LATER],
    ],
    ['host-lost', 'host-connected'],
  ],
  [
    'not known for a while',
    [
      ['unknown', 0],
      ['recovered', 5000],
    ],
    [],
  ],
  [
    'not known, then stalled',
    [
      ['unknown', 0],
      ['stalled', 5000],
    ],
    ['capture-stalled'],
  ],
  [
    'samples fail',
    [
      ['failed', 0],
      ['works', PATIENCE + LATER],
    ],
    ['sample-failed', 'sample-works'],
  ],
];

test.each(RUNS)('%s', (_, run, told) => {
  const alerts = new Alerts(PATIENCE);
  const heard: string[] = [];
  let now = 0;
  for (const [word, afterMs] of run) {
    now += afterMs;
    heard.push(...alerts.due(now).map(({event}) => event));
    alerts.take(EVENTS[word], now);
  }
  heard.push(...alerts.due(now + PATIENCE).map(({event}) => event));
  heard.push(...alerts.due(now + 10 * PATIENCE).map(({event}) => event));
  expect(heard).toEqual(told);
});

test('what hits many hosts at once is told once', () => {
  const alerts = new Alerts(PATIENCE);
  for (let at = 0; at < 300; at += 1) alerts.take({...EVENTS.stalled, host: `fw${at}`}, at);
  expect(alerts.due(GATHER_MS - 1)).toHaveLength(0);
  expect(alerts.due(GATHER_MS + 300)).toHaveLength(300);
  expect(alerts.due(Infinity)).toHaveLength(0);
});
