import {expect, test} from 'vitest';

import {rememberingTogether} from '../../src/text/remembering-together.js';

test('what was made of a text is remembered by the function it was made by', () => {
  const memory = rememberingTogether(100, 10);
  const [first, second] = [memory<string>(), memory<string>()];
  let made = 0;
  const make = (): string => `${(made += 1)}`;

  expect([first('a', make), first('a', make), second('a', make)]).toEqual(['1', '1', '2']);
  const long = 'x'.repeat(11);
  expect([first(long, make), first(long, make)]).toEqual(['3', '4']);
});

test('what is said again and again stays, whatever else is said', () => {
  const memory = rememberingTogether(100, 10);
  const [often, once] = [memory<number>(), memory<number>()];
  let made = 0;
  let [kept, said] = [0, 0];
  for (let i = 0; i < 1000; i += 1) {
    often('often', () => (made += 1));
    once(`host${i}`, () => i);
  }
  expect(made).toBe(1);
  for (let i = 0; i < 1000; i += 1) {
    said += 1;
    once(`host${i}`, () => (kept += 1));
  }
  // No more is held than there is room for.
  expect(said - kept).toBeLessThan(20);
});
