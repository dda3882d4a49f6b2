import {expect, test} from 'vitest';

import {remembering} from '../../src/text/remembering.js';

test('what was made of a text is remembered, up to so many texts and not of long ones', () => {
  const get = remembering<number>(2);
  let made = 0;
  const of = (text: string): number => get(text, () => (made += 1));

  expect([of('a'), of('a'), of('b'), of('a')]).toEqual([1, 1, 2, 1]);
  // The third begins anew.
  expect([of('c'), of('a'), of('c')]).toEqual([3, 4, 3]);
  const long = 'x'.repeat(1000);
  expect([of(long), of(long)]).toEqual([5, 6]);
});
