import fc from 'fast-check';
import {expect, test} from 'vitest';

import {parseSysctlConf, sysctlInt} from '../../src/freebsd/sysctl-conf.js';

const only = (text: string): unknown => {
  const [line] = parseSysctlConf(text);
  if (line?.kind === 'assignment') return [line.name, line.value];
  return line?.kind;
};

test.each([
  ['net.bpf.zerocopy_enable=1', ['net.bpf.zerocopy_enable', '1']],
  ['  net.bpf.zerocopy_enable = 1  # comment', ['net.bpf.zerocopy_enable', '1']],
  ['net.bpf.zerocopy_enable: 1', ['net.bpf.zerocopy_enable', '1']],
  ['net.bpf.zerocopy_enable="1"', ['net.bpf.zerocopy_enable', '1']],
  ["net.bpf.zerocopy_enable='1' # off?", ['net.bpf.zerocopy_enable', '1']],
  ['net.bpf.zerocopy_enable="1', ['net.bpf.zerocopy_enable', '1']],
  ['net.bpf.zerocopy_enable=1\r', ['net.bpf.zerocopy_enable', '1']],
  ['kern.x="a # b" ignored', ['kern.x', 'a # b']],
  ['#net.bpf.zerocopy_enable=1', 'blank'],
  ['', 'blank'],
  ['net.bpf.zerocopy_enable', 'malformed'],
  ['=1', 'malformed'],
  [`kern.x=${'1'.repeat(1100)}`, 'malformed'],
])('sysctl(8) reads %j', (text, expected) => {
  expect(only(`${text}\n`)).toEqual(expected);
});

test('line numbers count every line, with or without a final newline', () => {
  expect(parseSysctlConf('# a\n\nkern.x=1').map((line) => line.line)).toEqual([1, 2, 3]);
});

test.each([
  ['0', 0],
  ['1', 1],
  ['0x10', 16],
  ['010', 8],
  ['-1', -1],
  ['4294967297', 1],
  ['', undefined],
  ['abc', undefined],
  ['1x', undefined],
  ['09', undefined],
  ['1,0', undefined],
  ['1 0', undefined],
  ['99999999999999999999', undefined],
])('the value %j becomes the int %j', (value, expected) => {
  expect(sysctlInt(value)).toBe(expected);
});

test('any text is parsed without a throw, one entry a line', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary', maxLength: 300}), (text) => {
      const lines = parseSysctlConf(text);
      expect(lines.length).toBe(
        text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
      );
      for (const line of lines) if (line.kind === 'assignment') sysctlInt(line.value);
    }),
  );
});
