import {expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {splitFrames} from '../../src/collect/frames.js';
import {LIMITS} from '../../src/collect/limits.js';
import {read} from '../../src/model/reading.js';
import {META} from './replay/replay-host.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const STREAM = 'zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n!no\n= 1\nend 2\n';

function kindOf(text: string): string {
  const result = splitFrames(bytes(text));
  return result.ok ? 'ok' : result.error.kind;
}

test('a whole stream is split into its sections, words, content, complaints and status', () => {
  const result = splitFrames(
    bytes('zbufctl-evidence 1\n@ map 12 x\n|a\n||b\n|\n!c\n= 124\nend 1\n'),
  );

  expect(result.ok && result.value).toEqual([
    {name: 'map', words: ['12', 'x'], content: ['a', '|b', ''], complaint: ['c'], status: '124'},
  ]);
});

test('every stream that is not whole is cut', () => {
  expect(kindOf(STREAM)).toBe('ok');
  for (let length = 0; length < STREAM.length; length += 1)
    expect([length, kindOf(STREAM.slice(0, length))]).toEqual([length, 'cut']);
});

test.each([
  ['a wrong count', STREAM.replace('end 2', 'end 3')],
  ['a count written differently', STREAM.replace('end 2', 'end 02')],
  ['a missing status', STREAM.replace('= 0\n', '')],
  ['a status with more', STREAM.replace('= 0', '= 0 1')],
  ['a missing header', STREAM.replace('@ system\n', '')],
  ['a line without a frame', STREAM.replace('|0', '0')],
  ['an empty line', STREAM.replace('|0\n', '|0\n\n')],
  ['content after a complaint', STREAM.replace('!no\n', '!no\n|yes\n')],
  ['a second stream after the first', STREAM + STREAM],
  ['carriage returns, as a terminal adds them', STREAM.replaceAll('\n', '\r\n')],
])('%s is cut', (_, text) => {
  expect(kindOf(text)).toBe('cut');
});

test('what a shell’s start-up files print before the first record is passed over', () => {
  expect(kindOf(`Welcome!\n@ uid\n|1001\n= 0\n${STREAM}`)).toBe('ok');
  expect(kindOf(`${'x\n'.repeat(LIMITS.noise)}${STREAM}`)).toBe('cut');
});

test('what a shell prints when it ends (EXIT traps, session loggers) is passed over', () => {
  expect(kindOf(`${STREAM}bye\n`)).toBe('ok');
  expect(kindOf(`${STREAM}logged, and no newline`)).toBe('ok');
  expect(kindOf(STREAM.slice(0, -1))).toBe('cut');
  expect(kindOf(`${STREAM}${'x\n'.repeat(LIMITS.noise)}`)).toBe('flooded');
});

test('what a host said instead of a record is told, with what to do', () => {
  const nologin = splitFrames(bytes('This account is currently not available.\n'));
  const onStderr = splitFrames(bytes(''), bytes('\u001b[31mmenu\nline 2\n'));
  const nothing = splitFrames(bytes(''));

  expect(nologin.ok ? undefined : nologin.error).toMatchObject({
    kind: 'cut',
    message: expect.stringContaining(
      'it said "This account is currently not available."',
    ) as string,
    fix: expect.stringContaining('login shell') as string,
    said: ['This account is currently not available.'],
  });
  expect(onStderr.ok ? undefined : onStderr.error.said).toEqual([
    String.raw`\x1b[31mmenu`,
    'line 2',
  ]);
  expect(nothing.ok ? '' : nothing.error.message).toContain('printed nothing');
});

test('another version of the protocol is refused by name', () => {
  const result = splitFrames(bytes(STREAM.replace('evidence 1', 'evidence 2')));

  expect(result.ok ? '' : `${result.error.kind}: ${result.error.message}`).toContain(
    'protocol: The collector speaks zbufctl-evidence 2',
  );
});

test('a host that says too much is flooded, whichever way', () => {
  const section = '@ x\n= 0\n';
  const many = LIMITS.sections + 1;

  expect(kindOf('x'.repeat(LIMITS.stream + 1))).toBe('flooded');
  expect(kindOf(`zbufctl-evidence 1\n${section.repeat(many)}end ${many}\n`)).toBe('flooded');
  expect(kindOf(STREAM.replace('|0', `|${'0'.repeat(LIMITS.line)}`))).toBe('flooded');
  expect(kindOf(STREAM.replace('|0\n', '|0\n'.repeat(LIMITS.lines + 1)))).toBe('flooded');
});

test('a failure’s message shows what came, harmless on a terminal', () => {
  const result = splitFrames(bytes(STREAM.replace('= 0', '\x1b]0;owned\x07')));

  expect(result.ok ? '' : result.error.message).toContain('\\x1b]0;owned\\x07');
});

test('sections this version does not know are kept by name', () => {
  const result = parseCollectorOutput(
    bytes('zbufctl-evidence 1\n@ weather here\n|rain\n= 0\n@ uid\n|0\n= 0\nend 2\n'),
    META,
  );

  expect(result.ok && result.value).toMatchObject({
    unknownRecords: ['weather'],
    identity: {uid: read(0)},
  });
});

test('a section that comes twice is not believed', () => {
  const result = parseCollectorOutput(
    bytes('zbufctl-evidence 1\n@ uid\n|1001\n= 0\n@ uid\n|0\n= 0\nend 2\n'),
    META,
  );

  expect(result.ok && result.value.identity.uid).toEqual({
    state: 'unreadable',
    why: 'reported twice',
  });
});

test('an absent or redacted status means something for files only', () => {
  for (const status of ['absent', 'redacted', 'unreadable']) {
    const text = `zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ descriptors first 1\n= ${status}\n@ holders\n= ${status}\nend 3\n`;
    const result = parseCollectorOutput(bytes(text), META);
    expect(
      result.ok && [result.value.samples[0].descriptors.state, result.value.holders.state],
    ).toEqual(['unreadable', 'unreadable']);
  }
});
