import {expect, test} from 'vitest';

import type {MetFailure} from '../../../src/model/failure.js';
import {schemaComplaints} from '../../json-schema.js';
import {scriptedFleet} from './scripted-fleet.js';

const FLEET = Array.from({length: 12}, (_, i) => `fw${String(i + 1).padStart(2, '0')}`);
const BUSY: MetFailure = {kind: 'cut', message: 'no room', fix: 'Wait.', again: 'later'};
const PENALTY: MetFailure = {kind: 'cut', message: 'not allowed', fix: 'Wait.'};
const AUTH: MetFailure = {kind: 'auth', message: 'no', fix: 'Look.'};
const SHORT: MetFailure = {kind: 'refused', message: 'EMFILE', fix: 'Raise.', again: 'fewer'};

test('hosts that hang, are slow or hostile delay no other', async () => {
  const bad = ['fw01', 'fw02', 'fw03'];
  let done = 0;
  let release: () => void = () => undefined;
  const others = new Promise<void>((resolve) => (release = resolve));
  const fleet = scriptedFleet(FLEET, async (host) => {
    // They end only when all others are through: whoever waited for them would wait for ever.
    if (bad.includes(host)) {
      await others;
      return {kind: 'flooded', message: 'too much', fix: 'Look.'};
    }
    if ((done += 1) === FLEET.length - bad.length) release();
    return undefined;
  });
  const {run} = await fleet.controller().audit({concurrency: 4});
  expect(run.totals).toEqual({unknown: 3, 'not-applicable': 9});
});

test('a shortage of descriptors makes it fewer at a time, is told, and fails no host', async () => {
  let open = 0;
  let most = 0;
  const fleet = scriptedFleet(FLEET, async () => {
    open += 1;
    const tooMany = open > 3;
    if (!tooMany) most = Math.max(most, open);
    await new Promise(setImmediate);
    open -= 1;
    return tooMany ? SHORT : undefined;
  });
  const controller = fleet.controller();
  const {run, code} = await controller.audit({concurrency: 12});
  expect([code, run.totals, most]).toEqual([0, {'not-applicable': 12}, 3]);
  expect(controller.notes[0]).toBe(
    'Too many files are open on this machine (ulimit -n): continuing with 6 hosts at a time.',
  );

  const without = scriptedFleet(['fw01'], () => SHORT).controller();
  const failed = await without.audit();
  expect(failed.run.hosts[0]?.failure).toEqual({kind: 'refused', message: 'EMFILE', fix: 'Raise.'});
  expect(schemaComplaints('src/report/audit-run.schema.json')(failed.run)).toEqual([]);
});

test.each([
  ['no room once', [BUSY], 2, 'not-applicable'],
  ['no room twice', [BUSY, BUSY], 2, 'unknown'],
  ['penalised', [PENALTY], 1, 'unknown'],
  ['not let in', [AUTH], 1, 'unreachable'],
] as const)('a server with %s (%j) is called %d times', async (_, answers, calls, posture) => {
  const left: MetFailure[] = [...answers];
  const controller = scriptedFleet(['fw01'], () => left.shift()).controller();
  const {run} = await controller.audit();
  expect([controller.called.length, run.hosts[0]?.posture]).toEqual([calls, posture]);
  expect(controller.waits.map((ms) => ms >= 2000 && ms < 4000)).toEqual(calls === 2 ? [true] : []);
});

test('a server that is busy is left alone where no time is left to ask it again', async () => {
  const controller = scriptedFleet(['fw01'], () => BUSY).controller();
  await controller.audit({timeout: 4});
  expect(controller.called).toHaveLength(1);
});

test('--rate holds back the connections, and no time of theirs is lost', async () => {
  const controller = scriptedFleet(FLEET.slice(0, 5)).controller();
  const {run} = await controller.audit({rate: 1, concurrency: 32});
  // Five slots of a second: the last connection is at least four, less what it took to get there.
  expect(controller.waits).toHaveLength(5);
  expect(controller.waits.at(-1)).toBeGreaterThan(3000);
  expect(run.totals).toEqual({'not-applicable': 5});
});

test('--per-jump-host holds hosts behind one jump host back, and nobody else', async () => {
  const behind = (jump: string) => (name: string) => ({name: `${name}-${jump}`, proxyJump: jump});
  const names = FLEET.slice(0, 5);
  const most = new Map<string, number>();
  const open = new Map<string, number>();
  let waiting: (() => void)[] = [];
  const fleet = scriptedFleet(
    [...names.map(behind('a')), ...names.map(behind('b')), ...names],
    async (host) => {
      const lane = host.split('-')[1] ?? 'direct';
      open.set(lane, (open.get(lane) ?? 0) + 1);
      most.set(lane, Math.max(most.get(lane) ?? 0, open.get(lane) ?? 0));
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        // All that may be open are: now one after the other ends.
        if (waiting.length === 9) setImmediate(drain);
      });
      open.set(lane, (open.get(lane) ?? 0) - 1);
      return undefined;
    },
  );
  const drain = (): void => {
    const some = waiting;
    waiting = [];
    for (const resolve of some) resolve();
    if (done < 15) setImmediate(drain);
  };
  let done = 0;
  const controller = fleet.controller();
  const audited = controller.audit({concurrency: 32, 'per-jump-host': 2});
  const {run} = await audited.finally(() => (done = 15));
  expect(run.totals).toEqual({'not-applicable': 15});
  expect([...most].sort()).toEqual([
    ['a', 2],
    ['b', 2],
    ['direct', 5],
  ]);
});
