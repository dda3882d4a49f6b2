import {stringify} from 'csv-stringify/sync';
import fc from 'fast-check';
import {expect, test} from 'vitest';

import type {Cell} from '../../src/text/csv.js';
import {CSV_END, csvCells} from '../../src/text/csv.js';

/** How a library that many use writes the same row. */
const byLibrary = (cells: readonly Cell[]): string =>
  stringify([[...cells]], {record_delimiter: 'windows', escape_formulas: true});

test.each<readonly [string, readonly Cell[], string]>([
  ['plain', ['a', 7, undefined, ''], 'a,7,,'],
  [
    'commas, quotes and ends of lines',
    ['a,b', 'say "x"', 'l\nm', 'l\rm'],
    '"a,b","say ""x""","l\nm","l\rm"',
  ],
  ['formulas', ['=1', '+1', '-1', '@x', '\tx', '＝1'], "'=1,'+1,'-1,'@x,'\tx,'＝1"],
  ['a negative number is none', [-1], '-1'],
  ['a formula with a comma', ['=a,b'], `"'=a,b"`],
])('%s', (_what, cells, row) => {
  expect(csvCells(cells)).toBe(row);
});

test('any row is what the library writes', () => {
  // The end of a line by itself it leaves unquoted; RFC 4180 does not.
  const text = fc
    .oneof(
      fc.string({
        unit: fc.constantFrom(
          '"',
          ',',
          '=',
          '+',
          '-',
          '@',
          '\t',
          '＝',
          '＋',
          '－',
          '＠',
          ' ',
          'a',
          '7',
        ),
      }),
      fc.string({unit: 'binary'}),
    )
    .map((some) => some.replace(/[\r\n]/g, ''));
  const cell = fc.oneof(text, fc.integer(), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(cell, {minLength: 2, maxLength: 6}), (cells) => {
      expect(csvCells(cells) + CSV_END).toBe(byLibrary(cells));
    }),
  );
});
