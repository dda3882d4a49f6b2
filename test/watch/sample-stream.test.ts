import {expect, test} from 'vitest';

import {LARGEST_SAMPLE, SampleStream} from '../../src/watch/sample-stream.js';
import {parseSample} from '../../src/watch/sample.js';

const framed = (content: string): string =>
  `zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n|FreeBSD\n= 0\n@ descriptors second -\n|${content}\n= 0\nend 3\n`;
const row = '{"bpf-statistics": {"bpf-entry": []}}';

test('samples come whole, however they are cut on the way', () => {
  const text = `noise of a shell\n${framed(row)}\n\n${framed('|end 3')}${framed(row)}`;
  for (const size of [1, 3, 7, 64, 100_000]) {
    const stream = new SampleStream();
    const taken: string[] = [];
    for (let at = 0; at < text.length; at += size) {
      const whole = stream.take(Buffer.from(text.slice(at, at + size)));
      expect(whole.ok).toBe(true);
      if (whole.ok) taken.push(...whole.value.map(String));
    }
    expect(taken.join('')).toBe(text);
    expect(taken).toHaveLength(3);
    expect(stream.rest).toHaveLength(0);
    expect(taken.map((one) => parseSample(Buffer.from(one))).map(({ok}) => ok)).toEqual([
      true,
      true,
      true,
    ]);
  }
});

test('a host that never ends a sample is cut off', () => {
  const stream = new SampleStream();
  const flood = Buffer.alloc(LARGEST_SAMPLE / 2, '|x\n');
  const answers = [1, 2, 3].map(() => stream.take(flood));
  expect(answers.at(-1)).toMatchObject({ok: false, error: {kind: 'flooded'}});
});

test('one that comes byte by byte is not copied anew for each', () => {
  const stream = new SampleStream();
  const byte = Buffer.from('x');
  const begun = performance.now();
  for (let at = 0; at < 300_000; at += 1)
    if (!stream.take(byte).ok) throw new Error(`refused at ${at}`);
  // Copied as a whole each time: 45 GB.
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(stream.rest).toHaveLength(300_000);
});

test.each([
  ['not root', framed('').replace('|0', '|1001').replace('|\n', ''), 'not root'],
  [
    'without a system',
    framed('').replace('|FreeBSD', '|').replace('|\n= 0\nend', '= 1\nend'),
    'status',
  ],
  [
    'said twice',
    framed(row).replace('@ uid\n|0\n= 0\n', '@ descriptors x -\n= 0\n'),
    'did not report',
  ],
  [
    'complains',
    framed(row).replace(`|${row}`, '!netstat: Operation not permitted'),
    'not permitted',
  ],
])('a sample that is %s is unreadable, and not well', (_, text, why) => {
  expect(parseSample(Buffer.from(text))).toMatchObject({
    ok: true,
    value: {sample: {state: 'unreadable', why: expect.stringContaining(why) as string}},
  });
});

test('a host that is not FreeBSD has no capture that could be stalled', () => {
  const text = 'zbufctl-evidence 1\n@ system\n|Linux\n= 0\nend 1\n';
  expect(parseSample(Buffer.from(text))).toEqual({
    ok: true,
    value: {sample: {state: 'read', value: []}, between: false},
  });
});

test('what another shell says instead is told', () => {
  expect(parseSample(Buffer.from('This account is not available.\n'))).toMatchObject({
    ok: false,
    error: {kind: 'cut', said: ['This account is not available.']},
  });
});
