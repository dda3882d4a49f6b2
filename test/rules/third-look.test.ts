import {expect, test} from 'vitest';

import type {Descriptor, DescriptorSample} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import {captures} from '../../src/rules/reading/capture.js';

import type {CaptureSpec} from './scene.js';
import {hostOf, judgeEvidence, pages} from './scene.js';

/** A capture that the first look did not see: it lost its buffers as soon as it began. */
const lost: CaptureSpec = {
  pid: 71,
  command: 'pflogd',
  state: 'R',
  before: [100, 30_000, 12_000],
  after: [120, 32_000, 12_000],
  memory: [
    pages('C----', 256, {resident: 0, privateResident: 0}),
    pages('CN---', 256, {refCount: 2}),
  ],
};

/** The capture in the second and the third look only. */
function appeared(third: (at: Descriptor) => readonly Descriptor[]): ReturnType<typeof hostOf> {
  const host = hostOf({running: '1', captures: [lost]});
  const [first, second] = host.samples;
  const old = first.descriptors.state === 'read' ? first.descriptors.value : [];
  const now = second.descriptors.state === 'read' ? second.descriptors.value[0] : undefined;
  if (now === undefined) throw new Error('no capture');
  const sample = (list: readonly Descriptor[], at: number): DescriptorSample => ({
    at: read(at),
    descriptors: read(list),
  });
  return {
    ...host,
    samples: [sample([], 100), sample(old, 102)],
    thirdSample: sample(third(now), 104),
  };
}

const unpaired = 1;
test.each<
  [what: string, third: (at: Descriptor) => readonly Descriptor[], paired: number, left: number]
>([
  ['the same, further on', (at) => [at], 1, 0],
  ['gone again', () => [], 0, 0],
  ['another one of the same process beside it', (at) => [at, at], 0, unpaired],
  ['a new one: its counters are smaller', (at) => [{...at, received: 1}], 0, unpaired],
])(
  'a capture that appeared between the looks is compared with the third: %s',
  (_, third, paired, left) => {
    const seen = captures(appeared(third));
    expect(seen).toMatchObject({state: 'read'});
    if (seen.state !== 'read') return;
    expect([seen.value.captures.length, seen.value.passing.length]).toEqual([paired, left]);
  },
);

test('what the third look shows is judged as the second would be', () => {
  const judged = judgeEvidence(appeared((at) => [at]));
  expect(judged.verdicts('ZBUF-001')).toEqual(['fail']);
  expect(judged.posture).toBe('broken');
  const {thirdSample: _, ...two} = appeared((at) => [at]);
  expect(judgeEvidence(two).verdicts('ZBUF-001')).toEqual(['unknown']);
});
