import {execFileSync} from 'node:child_process';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {ofAll, sampled} from '../tools/sampled.js';

import type {Applied} from './change-lab.js';
import {applied} from './change-lab.js';
import type {Held, Point, Traced} from './held-fleet.js';
import {ALL_AT_ONCE, expectWhole, HeldFleets, nameOf} from './held-fleet.js';

/**
 * What can happen to the controller while hosts are in flight: its terminal goes away, nobody reads
 * what it writes, its disk is full. To the controller most points of a change are the same wait.
 */
const fleets = new HeldFleets();
let traced: Traced;
let points: readonly Point[] = [];

beforeAll(async () => {
  traced = await fleets.trace();
  points = sampled(traced.points, 40, nameOf);
}, 120_000);

afterAll(async () => {
  await fleets.stop();
});

/** Every host came to a good end, and is as the run says. */
function expectSeenThrough({run}: Applied, held: Held): void {
  expect(run.hosts.map(({host}) => host).sort()).toEqual(points.map(nameOf).sort());
  for (const {host, result} of run.hosts) expectWhole(held.fleet.lab.host(host), [result], traced);
  expect(run.hosts.filter(({result}) => result === 'changed').length).toBeGreaterThan(
    points.length / 2,
  );
  expect(run.hosts.filter(({result}) => result === 'lost' || result === 'failed')).toEqual([]);
}

test('the terminal goes away (SIGHUP twice, nobody reads): hosts are seen through, the code tells, the run is stored', async () => {
  const held = await fleets.holdAt(points, 60);
  held.controller.stdout?.destroy();
  held.controller.stderr?.destroy();
  held.controller.kill('SIGHUP');
  held.controller.kill('SIGHUP');
  held.release();

  const {code} = await held.apply;

  const ran = applied(await held.fleet.run(['runs', 'show', 'latest', '--json']));
  expectSeenThrough(ran, held);
  expect([ran.run.interrupted, ran.run.finishedAt]).toEqual([true, expect.any(String)]);
  expect(code).toBe(ran.run.hosts.every(({result}) => result === 'changed') ? 4 : 6);
  process.stdout.write(
    `SIGHUP, closed stdout and stderr: ${ofAll(points, traced.points)} points tried\n`,
  );
}, 300_000);

test('no file can be written any more: hosts are seen through, the result is on stdout, 7, and --resume finds out', async () => {
  const held = await fleets.holdAt(points, 60);
  // As on a full disk, at once and for this process alone (EFBIG; prlimit(1) is of util-linux).
  execFileSync('prlimit', ['--pid', String(held.controller.pid), '--fsize=0']);
  held.release();

  const ran = applied(await held.apply);

  expectSeenThrough(ran, held);
  expect(ran.code).toBe(7);
  expect(ran.stderr).toContain('cannot store');
  expect(ran.stderr).toContain(`zbufctl apply --resume ${ran.run.run}`);
  const {stdout} = await held.fleet.run(['runs', 'show', ran.run.run, '--json']);
  expect(
    new Set(applied({code: 0, stdout, stderr: ''}).run.hosts.map(({result}) => result)),
  ).toEqual(new Set(['lost']));
  const resumed = applied(
    await held.fleet.run(['apply', '--resume', ran.run.run, ...held.fleet.where, ...ALL_AT_ONCE]),
  );
  for (const {host, result} of resumed.run.hosts) {
    expect([host, result]).toEqual([host, 'changed']);
    expectWhole(held.fleet.lab.host(host), ['changed'], traced);
  }
  process.stdout.write(`full state folder: ${ofAll(points, traced.points)} points tried\n`);
}, 300_000);

test('the connection goes silent and new ones work: asked over a second one in time, nothing is lost', async () => {
  const held = await fleets.holdAt(points, 60);
  const begun = Date.now();
  for (const host of held.fleet.lab.hosts) host.mute();
  held.release();

  const ran = applied(await held.apply);

  expectSeenThrough(ran, held);
  // 20 s of silence, a pause, one contact: well before the host gives up (60 s) and far from the
  // 180 s of its work.
  expect(Date.now() - begun).toBeLessThan(60_000);
  process.stdout.write(`silent connection: ${ofAll(points, traced.points)} points tried\n`);
}, 300_000);
