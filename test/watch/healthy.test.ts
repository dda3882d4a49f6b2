import {expect, test} from 'vitest';

import {aheadOf} from '../../src/app/watch/beat.js';
import {loadServices} from '../../src/cli/hosts/load-services.js';
import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadWatchTemplates} from '../../src/io/package/templates.js';
import {RELEASES} from '../../src/lab/machine.js';
import type {Release} from '../../src/lab/machine.js';
import type {Descriptor, Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {takeCheck} from '../../src/watch/take-check.js';
import {takeLook} from '../../src/watch/take-look.js';
import {takeSample} from '../../src/watch/take-sample.js';
import type {Key} from '../../src/watch/two-samples.js';
import {NOTHING_SEEN} from '../../src/watch/watched-host.js';
import type {CapturedState} from '../lab/captured-state.js';
import {captureState} from '../lab/captured-state.js';
import {practiceRoot} from '../lab/practice-root.js';
import {EVERY} from '../tools/sampled.js';

import type {Load} from './healthy.js';
import {drawn, HealthyCapture, withSamples} from './healthy.js';
import {lookAt, noService} from './samples.js';

const SAMPLES = EVERY ? 1_000_000 : 100_000;
const services = await loadServices();

const ahead = aheadOf(60);

const STATES = ['default', 'tcpdump-n-zerocopy-healthy'] as const;
const LOADS: readonly Load[] = [
  {perSecond: 0, bytes: 152},
  {perSecond: 0.02, bytes: 152},
  // Packets of one size: held buffers are often of one length, too.
  {perSecond: 1, bytes: 152},
  {perSecond: 40, bytes: 152},
  {perSecond: 40, bytes: 0},
  // Full buffers, one after the other: each as long as the last.
  {perSecond: 400_000, bytes: 100},
];

/** What the second look says of a captured host. */
function evidenceOf(release: Release, state: CapturedState): Evidence {
  const host = practiceRoot(captureState(release, state));
  try {
    const {out} = host.sh(scriptWithArguments(loadWatchTemplates().look, ['0']));
    const about = {host: 'fw', address: 'fw', collectedAt: '2026-11-24T08:15:00.000Z'};
    const parsed = parseCollectorOutput(Buffer.from(out, 'latin1'), about);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value;
  } finally {
    host.remove();
  }
}

const captured = RELEASES.flatMap((release) =>
  STATES.map((state) => ({release, state, evidence: evidenceOf(release, state)})),
);

const descriptorsOf = ({samples: [first]}: Evidence): readonly Descriptor[] =>
  first.descriptors.state === 'read' ? first.descriptors.value : [];

test(`no alarm in ${SAMPLES} samples of healthy captures`, () => {
  const runs = captured.flatMap((one) => LOADS.map((load) => ({...one, load})));
  const each = Math.ceil(SAMPLES / runs.length);
  const told: string[] = [];
  let looks = 0;
  for (const [at, {state, evidence, load}] of runs.entries()) {
    const random = drawn(1 + at);
    const [first] = descriptorsOf(evidence);
    if (first === undefined) throw new Error('nothing was captured');
    const capture = new HealthyCapture(first, load, state !== 'default', random);
    let host = NOTHING_SEEN;
    const look = (keys: readonly Key[], since: readonly Descriptor[] | undefined): void => {
      if (keys.length === 0) return;
      looks += 1;
      const seen = withSamples(evidence, [capture.after(0.1)], [capture.after(2)]);
      const scene = {evidence: seen, services, policy: {}};
      const more = {scene, ...(since === undefined ? {} : {since})};
      const looked = takeLook(host, keys, lookAt(seen, more));
      host = looked.host;
      told.push(...looked.changes.map(({event}) => event));
    };
    for (let sample = 0; sample < each; sample += 1) {
      const now = capture.after(60 - ahead);
      const step = takeSample(host, read([now]), noService);
      host = step.host;
      told.push(...step.changes.map(({event}) => event));
      look(step.look, host.earlier);
      // A buffer is out: it is seen again before the next sample.
      if (now.holdLength === 0) continue;
      sample += 1;
      look(takeCheck(host, read([capture.after(60 - ahead)])), host.latest);
    }
  }

  expect(runs).toHaveLength(24);
  expect(new Set(told)).toEqual(new Set(['capture-seen']));
  process.stdout.write(`watch: ${SAMPLES} healthy samples, ${looks} looked at, no alarm\n`);
});

test.each(RELEASES)(
  'the captured stall of %s is found before the second sample after it is due',
  (release) => {
    const evidence = evidenceOf(release, 'pflogd-stalled-zerocopy');
    const [then] = descriptorsOf(evidence);
    if (then === undefined) throw new Error('nothing was captured');
    // As it was before the first buffer was handed over; then every minute 80 packets of 152 bytes.
    const at = (minute: number): Descriptor => ({
      ...then,
      received: then.received + 80 * minute,
      matched: then.matched + 80 * minute,
      storeLength: minute < 0 ? 0 : Math.floor(then.storeLength + 80 * 152 * minute),
      holdLength: minute <= -1 ? 0 : then.holdLength,
    });
    let host = NOTHING_SEEN;
    const found: number[] = [];
    const look = (minute: number, keys: readonly Key[], since = host.earlier): void => {
      const seen = withSamples(evidence, [at(minute)], [at(minute + 0.05)]);
      const scene = {evidence: seen, services, policy: {}};
      const more = {scene, ...(since === undefined ? {} : {since})};
      const looked = takeLook(host, keys, lookAt(seen, more));
      host = looked.host;
      if (looked.changes.some(({event}) => event === 'capture-stalled')) found.push(minute);
    };
    for (const minute of [-2, -1, 0, 1, 2]) {
      const step = takeSample(host, read([at(minute)]), noService);
      host = step.host;
      look(minute, step.look);
      const between = minute + 1 - ahead / 60;
      look(between, takeCheck(host, read([at(between)])), host.latest);
    }
    // Its reader took the last packet just after -1: the sample at 0 sees one buffer after another,
    // and before that at 1 it is told.
    expect(found).toEqual([1 - ahead / 60]);
  },
);
