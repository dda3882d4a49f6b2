import fc from 'fast-check';
import {expect, test} from 'vitest';

import {stepProgress} from '../../../src/app/change/step-progress.js';
import type {RecordedStep} from '../../../src/model/host-record.js';

const SAID = Buffer.from(
  'did\t0\tset-running\tchanged\tnet.bpf.zerocopy_enable: 1 -> 0\n' +
    'something else\r\n' +
    'did\t1\twrite-boot\tfailed\tNo space left\u001b[31m on device\r\n' +
    'did\t2\tset-rc\tchanged\tnever ended',
);

test('each step is told once its line has ended, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 0, max: SAID.length}), {maxLength: 8}), (cuts) => {
      const told: RecordedStep[] = [];
      const take = stepProgress((step) => told.push(step));
      const places = [0, ...cuts.sort((a, b) => a - b), SAID.length];
      for (const [i, place] of places.slice(1).entries()) take(SAID.subarray(places[i], place));

      expect(told.map(({index, kind, outcome}) => [index, kind, outcome])).toEqual([
        [0, 'set-running', 'changed'],
        [1, 'write-boot', 'failed'],
      ]);
      expect(told[1]?.detail).not.toContain('\u001b');
    }),
  );
});

test('a host that never ends a line fills no memory', () => {
  const told: RecordedStep[] = [];
  const take = stepProgress((step) => told.push(step));
  for (let i = 0; i < 1000; i += 1) take(Buffer.alloc(10_000, 'x'));
  take(Buffer.from('\ndid\t0\tset-running\talready\tit is 0\n'));

  expect(told).toHaveLength(1);
});
