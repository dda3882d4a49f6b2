import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import {parseChangeRecord, parseProgressLine} from '../../src/steps/change-record.js';
import {often} from '../tools/sampled.js';

const RUN = '20261124T081500Z-apply-3f9a';
const WHOLE = [
  `run\t${RUN}`,
  'plan\tplan-1',
  'owner\top@ctl',
  'state\twaiting',
  'before\tconfirmed',
  'left\t29',
  'step\t0\twrite-boot\tchanged\t/etc/sysctl.conf written',
  'step\t2\tset-running\talready\tnet.bpf.zerocopy_enable is 0',
  'undone\t0\twrite-boot\trolled-back\t/etc/sysctl.conf put back',
  `lock\t${RUN}\top@ctl\t12\talive`,
  'refused\twrong-state\tnot now',
];

const stream = (body: readonly string[], before = ''): Buffer =>
  Buffer.from(
    `${before}zbufctl-change\t1\n${body.map((l) => `${l}\n`).join('')}end\t${body.length}\n`,
  );

test('a whole record is read, with the progress before it', () => {
  expect(parseChangeRecord(stream(WHOLE, 'did\t0\twrite-boot\tchanged\tx\n'))).toEqual({
    ok: true,
    value: {
      run: RUN,
      plan: 'plan-1',
      owner: 'op@ctl',
      state: 'waiting',
      before: 'confirmed',
      secondsLeft: 29,
      steps: [
        {index: 0, kind: 'write-boot', outcome: 'changed', detail: '/etc/sysctl.conf written'},
        {index: 2, kind: 'set-running', outcome: 'already', detail: 'net.bpf.zerocopy_enable is 0'},
      ],
      undone: [
        {index: 0, kind: 'write-boot', outcome: 'rolled-back', detail: '/etc/sysctl.conf put back'},
      ],
      lock: {run: RUN, owner: 'op@ctl', age: 12, alive: true},
      refused: {why: 'wrong-state', text: 'not now'},
    },
  });
});

test('a record cut at any byte is no record', () => {
  const whole = stream(WHOLE);
  for (let length = 0; length < whole.length; length += 1)
    expect(parseChangeRecord(whole.subarray(0, length)).ok, `${length} bytes`).toBe(false);
});

describe('what does not belong there makes it no record', () => {
  test.each([
    ['an unknown state', WHOLE.map((l) => l.replace('waiting', 'fine'))],
    ['an unknown outcome', WHOLE.map((l) => l.replace('already', 'done'))],
    ['an unknown kind', WHOLE.map((l) => l.replace('set-running', 'rm-rf'))],
    ['an unknown reason', WHOLE.map((l) => l.replace('wrong-state', 'whim'))],
    ['a line twice', [...WHOLE, 'state\tconfirmed']],
    ['a line without its run', WHOLE.slice(1)],
    ['an unknown line', [...WHOLE, 'hello']],
    ['an empty line', [...WHOLE, '']],
    ['a step with a field more', WHOLE.map((l) => (l.startsWith('step\t0') ? `${l}\tx` : l))],
    ['a negative age', WHOLE.map((l) => l.replace('\t12\t', '\t-12\t'))],
    ['a huge number', WHOLE.map((l) => l.replace('left\t29', 'left\t99999999999999999999'))],
    ['a run that is a path', WHOLE.map((l) => (l.startsWith('run') ? 'run\t../../etc' : l))],
  ])('%s', (_, body) => {
    expect(parseChangeRecord(stream(body)).ok).toBe(false);
  });

  test('a second record behind it, or noise in front', () => {
    expect(parseChangeRecord(Buffer.concat([stream(WHOLE), stream(WHOLE)])).ok).toBe(false);
    expect(parseChangeRecord(stream(WHOLE, 'Last login: today\n')).ok).toBe(false);
  });

  test('more than the host may say', () => {
    const many = Array.from({length: 5000}, (_, i) => `step\t${i % 100}\tset-rc\tchanged\tx`);
    expect(parseChangeRecord(stream([...WHOLE, ...many])).ok).toBe(false);
    expect(parseChangeRecord(Buffer.alloc(10_000_000, 'x')).ok).toBe(false);
  });
});

test('escape sequences in details, and in complaints about lines, are made visible', () => {
  const evil = '\x1b]0;owned\x07\u202e';
  const read = parseChangeRecord(
    stream(WHOLE.map((l) => l.replace('not now', evil).replace('sysctl.conf written', evil))),
  );
  const text = JSON.stringify(read);
  expect(read.ok).toBe(true);
  expect(text).not.toMatch(/\\u001b|\\u0007|\u202e/);
  const refused = parseChangeRecord(stream([...WHOLE, evil]));
  expect(refused).toMatchObject({ok: false});
  expect(JSON.stringify(refused)).not.toMatch(/\\u001b|\\u0007|\u202e/);
});

test('no bytes whatever make it throw, and only whole records are read', () => {
  const word = fc.constantFrom(
    ...WHOLE,
    'zbufctl-change\t1',
    'end\t10',
    'end\t3',
    'did\t0',
    '',
    '\0',
    '\t',
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({maxLength: 400}), fc.array(word, {maxLength: 20})),
      (input) => {
        const bytes =
          input instanceof Uint8Array ? Buffer.from(input) : Buffer.from(input.join('\n'));
        const read = parseChangeRecord(bytes);
        if (read.ok)
          expect(bytes.toString()).toMatch(/^(did\t.*\n)*zbufctl-change\t1\n[^]*\nend\t\d+\n$/);
      },
    ),
    {numRuns: often(2000)},
  );
});

test('a flipped byte never turns a record into a more hopeful one', () => {
  const whole = stream(WHOLE);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({min: 0, max: 255}), (at, byte) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      const read = parseChangeRecord(bytes);
      if (read.ok) expect(read.value.state).toBe('waiting');
    }),
    {numRuns: often(2000)},
  );
});

test('a progress line is a step, and nothing else is', () => {
  expect(parseProgressLine('did\t3\tset-rc\tchanged\tx')).toMatchObject({
    index: 3,
    outcome: 'changed',
  });
  expect(parseProgressLine('step\t3\tset-rc\tchanged\tx')).toBeUndefined();
  expect(parseProgressLine('did\t3\tset-rc')).toBeUndefined();
});
