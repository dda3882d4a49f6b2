import {expect, test} from 'vitest';

import {pacing} from '../../../src/app/pacing.js';
import {Turns} from '../../../src/app/watch/turns.js';
import {WatchedFleet} from '../../../src/app/watch/watch-fleet.js';
import type {WatchResult} from '../../../src/app/watch/watch-fleet.js';
import {watchScripts} from '../../../src/app/watch/watch-scripts.js';
import type {MetFailure, Result} from '../../../src/model/failure.js';
import {fail, ok} from '../../../src/model/failure.js';
import type {Host} from '../../../src/model/host.js';
import type {Reply, RunOptions, Session} from '../../../src/model/transport.js';
import type {WatchEvent} from '../../../src/model/watch.js';

const HOST = {name: 'fw01', address: '192.0.2.1', groups: [], policy: {}} as unknown as Host;
const sample = (rows: string): string =>
  `zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n|FreeBSD\n= 0\n@ descriptors second -\n|{"bpf-statistics": {"bpf-entry": [${rows}]}}\n= 0\nend 3\n`;
const EMPTY = sample('');

/** What a host does with one script: says this, and ends after so many seconds. */
interface Answer {
  readonly says: string;
  readonly seconds?: number;
  readonly fails?: MetFailure;
  readonly complains?: string;
}

const CUT: MetFailure = {kind: 'cut', message: 'the connection is gone', fix: 'Look.'};
const ANOTHER: MetFailure = {kind: 'host-key-changed', message: 'another key', fix: 'Look.'};
const REFUSED: MetFailure = {kind: 'refused', message: 'nothing listens', fix: 'Look.'};

function sessionOf(answers: Answer[]): Session {
  return {
    connection: {user: 'root', port: 22, via: []},
    run: (_script: string, options: RunOptions): Promise<Result<Reply>> => {
      const {
        says,
        seconds = 3600,
        fails,
        complains = '',
      } = answers.shift() ?? {says: '', fails: CUT};
      options.onChunk?.(Buffer.from(says));
      if (fails !== undefined) return Promise.resolve(fail(fails));
      const stderr = Buffer.from(complains);
      return Promise.resolve(
        ok({stdout: Buffer.alloc(0), stderr, exitCode: 0, durationMs: seconds * 1000}),
      );
    },
    quietMs: () => 0,
    close: () => undefined,
  };
}

/** A host that is connected to again and again: each time a failure, or what its scripts say. */
async function watched(
  contacts: readonly (MetFailure | readonly Answer[])[],
  count: number,
): Promise<{
  readonly result: WatchResult;
  readonly events: readonly WatchEvent[];
  readonly waits: readonly number[];
}> {
  const events: WatchEvent[] = [];
  const waits: number[] = [];
  const left = [...contacts];
  const {signal} = new AbortController();
  const clock = {elapsed: () => 0, random: () => 0.5, wait: () => Promise.resolve()};
  const options = {interval: 60, count, timeoutMs: 60_000, acceptNew: false};
  const fleet = new WatchedFleet([HOST], options, {
    transport: {
      connect: () => {
        const next = left.shift() ?? REFUSED;
        return Promise.resolve('kind' in next ? fail(next) : ok(sessionOf([...next])));
      },
      close: () => undefined,
    },
    scripts: watchScripts({sample: '', look: ''}, options),
    turns: new Turns(1),
    looks: new Turns(1),
    pacing: pacing(undefined, clock),
    servicesFor: () => [],
    waivers: [],
    now: () => '2026-11-24T08:15:00.000Z',
    elapsed: () => 0,
    random: () => 0.5,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    signal,
    onEvent: (event) => events.push(event),
  });
  const result = await fleet.run();
  return {result, events, waits};
}

const wordsOf = (events: readonly WatchEvent[]): readonly string[] =>
  events.map(({event}) => event);

test('a host that cannot be reached is tried as often as samples were asked for', async () => {
  const {result, events, waits} = await watched([REFUSED, REFUSED, REFUSED], 3);
  expect(wordsOf(events)).toEqual(['started', 'host-lost', 'ended']);
  expect(waits).toEqual([2000, 4000]);
  expect(result).toEqual({why: 'counted', stalled: 0, open: ['fw01']});
});

test('a host that goes and comes back gives the samples that are left, and is told twice', async () => {
  const {result, events, waits} = await watched(
    [[{says: EMPTY + EMPTY, fails: CUT}], REFUSED, [{says: EMPTY + EMPTY}]],
    5,
  );
  expect(wordsOf(events)).toEqual([
    ...['started', 'host-connected', 'host-lost', 'host-connected', 'ended'],
  ]);
  // The first time soon, for it had answered before.
  expect(waits).toEqual([2000, 4000]);
  expect(result.open).toEqual([]);
  expect(events.at(-1)).toMatchObject({samples: 4});
});

test('a host that shows another key after it was away is told again, and asked late', async () => {
  const {events, waits} = await watched(
    [[{says: EMPTY + EMPTY, fails: CUT}], REFUSED, ANOTHER, ANOTHER, [{says: EMPTY}]],
    6,
  );
  const told = events.flatMap((event) =>
    event.event === 'host-lost'
      ? [event.failure.kind]
      : event.event.startsWith('host')
        ? ['up']
        : [],
  );
  expect(told).toEqual(['up', 'cut', 'host-key-changed', 'up']);
  expect(waits).toEqual([2000, 4000, 900_000, 900_000]);
});

test.each([
  ['sends faster than it was asked to', {says: EMPTY.repeat(3), seconds: 1}, 'flooded', 'faster'],
  ['sends more than it was asked for', {says: EMPTY.repeat(9)}, 'flooded', 'faster'],
  ['sends a sample without an end', {says: '|x\n'.repeat(400_000)}, 'flooded', 'too long'],
  ['stops before its time', {says: EMPTY}, 'cut', 'before its time'],
  ['sends what is no record', {says: '@ x\nend 3\n'}, 'cut', 'something else'],
  ['runs something else', {says: 'This account is closed.\n'}, 'cut', 'This account is closed.'],
  ['only complains', {says: '', complains: 'sh: not found\n'}, 'cut', 'sh: not found'],
])('a host that %s is lost, and said why', async (_, answer: Answer, kind, words) => {
  const {events, result} = await watched([[answer]], 3);
  const lost = events.find(({event}) => event === 'host-lost');
  expect(lost).toMatchObject({
    failure: {kind, message: expect.stringContaining(words) as string},
  });
  expect(result.open).toEqual(['fw01']);
  // Logged in is not seen: else each attempt would be news, and none of them would last.
  const first = wordsOf(events).filter((word) => word.startsWith('host'));
  expect(first).toEqual(
    answer.says.includes('descriptors') ? ['host-connected', 'host-lost'] : ['host-lost'],
  );
});
