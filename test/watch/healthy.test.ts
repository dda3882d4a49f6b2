import {expect, test} from 'vitest';

import {loadServices} from '../../src/cli/hosts/load-services.js';
import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadWatchTemplates} from '../../src/io/package/templates.js';
import {RELEASES} from '../../src/lab/machine.js';
import type {Release} from '../../src/lab/machine.js';
import type {Descriptor, Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {takeLook} from '../../src/watch/take-look.js';
import {takeSample} from '../../src/watch/take-sample.js';
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
    for (let sample = 0; sample < each; sample += 1) {
      const step = takeSample(host, read([capture.after(60)]), noService);
      host = step.host;
      told.push(...step.changes.map(({event}) => event));
      if (step.look.length === 0) continue;
      looks += 1;
      const seen = withSamples(evidence, [capture.after(0.1)], [capture.after(2)]);
      const scene = {evidence: seen, services, policy: {}};
      const looked = takeLook(host, step.look, lookAt(seen, {scene}));
      host = looked.host;
      told.push(...looked.changes.map(({event}) => event));
    }
  }

  expect(runs).toHaveLength(24);
  expect(new Set(told)).toEqual(new Set(['capture-seen']));
  process.stdout.write(`watch: ${SAMPLES} healthy samples, ${looks} looked at, no alarm\n`);
});

test.each(RELEASES)(
  'the captured stall of %s is found with the second sample after it',
  (release) => {
    const evidence = evidenceOf(release, 'pflogd-stalled-zerocopy');
    const [then] = descriptorsOf(evidence);
    if (then === undefined) throw new Error('nothing was captured');
    // As it was before the first buffer was handed over; then every minute 80 packets of 152 bytes.
    const at = (minute: number): Descriptor => ({
      ...then,
      received: then.received + 80 * minute,
      matched: then.matched + 80 * minute,
      storeLength: minute < 0 ? 0 : then.storeLength + 80 * 152 * minute,
      holdLength: minute < 0 ? 0 : then.holdLength,
    });
    let host = NOTHING_SEEN;
    const found: number[] = [];
    for (const minute of [-2, -1, 0, 1, 2]) {
      const step = takeSample(host, read([at(minute)]), noService);
      host = step.host;
      if (step.look.length === 0) continue;
      const seen = withSamples(evidence, [at(minute)], [at(minute + 0.05)]);
      const looked = takeLook(
        host,
        step.look,
        lookAt(seen, {scene: {evidence: seen, services, policy: {}}}),
      );
      host = looked.host;
      if (looked.changes.some(({event}) => event === 'capture-stalled')) found.push(minute);
    }
    // Its reader took the last packet in the minute before 0.
    expect(found).toEqual([1]);
  },
);
