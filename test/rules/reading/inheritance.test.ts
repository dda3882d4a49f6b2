import {expect, test} from 'vitest';

import type {Mapping} from '../../../src/model/evidence.js';
import {read} from '../../../src/model/reading.js';
import {inheritance} from '../../../src/rules/reading/inheritance.js';

let next = 0x1000;
/** A writable anonymous mapping with so many resident pages. */
const memory = (flags: string, resident: number, more: Partial<Mapping> = {}): Mapping => {
  const start = next;
  next += 0x1000000;
  return {
    start: `0x${start.toString(16)}`,
    end: `0x${(start + resident * 4096).toString(16)}`,
    pages: resident,
    protection: 'rw-',
    resident,
    privateResident: flags.startsWith('C') ? 0 : resident,
    refCount: 1,
    shadowCount: 0,
    flags,
    type: 'sw',
    path: '',
    ...more,
  };
};
const kind = (map: readonly Mapping[], least: number, assumed?: number): string =>
  inheritance(read(map), least, assumed).kind;

test('a process that never forked has its memory to itself', () => {
  expect(kind([memory('-----', 2), memory('-----', 314)], 3356, 524256)).toBe('private');
});

test('a forked one has every mapping that could hold the buffers cut off, copied or still shared', () => {
  expect(kind([memory('C----', 30), memory('C----', 256)], 24924, 524256)).toBe('cut-off');
  expect(
    kind([memory('C----', 128), memory('CN---', 128, {refCount: 2, privateResident: 128})], 24316),
  ).toBe('cut-off');
});

test('stacks, read-only and file mappings are no place for a buffer', () => {
  const map = [
    memory('-----', 500, {flags: '---D-'}),
    memory('-----', 500, {protection: 'r--'}),
    memory('-----', 500, {type: 'vn'}),
    memory('C----', 256),
  ];

  expect(kind(map, 24924)).toBe('cut-off');
});

test('fresh memory too small for what was held does not excuse inherited memory', () => {
  expect(kind([memory('-----', 5), memory('C----', 256)], 24924)).toBe('cut-off');
});

test('memory mapped after a fork, large enough for both buffers, beside old inherited memory: not inherited', () => {
  expect(kind([memory('C----', 60), memory('-----', 300)], 12460, 524256)).toBe('private');
  expect(
    inheritance(read([memory('C----', 60), memory('-----', 300)]), 12460, 524256),
  ).toMatchObject({
    assumed: true,
  });
});

test('both could hold them: mixed', () => {
  expect(kind([memory('C----', 300), memory('-----', 300)], 12460, 524256)).toBe('mixed');
});

test('the other process exited before anything was written: the original pages are kept', () => {
  expect(kind([memory('C----', 300, {privateResident: 300})], 12460)).toBe('kept');
  expect(kind([memory('CN---', 300, {refCount: 1, privateResident: 300})], 12460)).toBe('kept');
});

test('an unreadable or empty map decides nothing', () => {
  expect(kind([], 12460)).toBe('unreadable');
  expect(inheritance({state: 'unreadable', why: 'not permitted'}, 0, undefined)).toEqual({
    kind: 'unreadable',
    why: 'not permitted',
  });
});
