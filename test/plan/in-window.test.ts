import fc from 'fast-check';
import {expect, test} from 'vitest';

import {parseWindowRange} from '../../src/inventory/window-range.js';
import type {WindowRange} from '../../src/model/change-policy.js';
import {windowAt} from '../../src/plan/in-window.js';

function windowOf(...texts: string[]): WindowRange[] {
  return texts.map((text) => {
    const range = parseWindowRange(text);
    if (!range.ok) throw new Error(range.error.message);
    return range.value;
  });
}
/** 2026-11-24 is a Tuesday. */
const at = (text: string): Date => new Date(`${text}:00Z`);
const state = (window: readonly WindowRange[], text: string): string => {
  const found = windowAt(window, at(text));
  return found.open
    ? `until ${found.closes?.toISOString() ?? 'ever'}`
    : `from ${found.opens.toISOString()}`;
};

test.each([
  [['Sat 02:00-04:00'], '2026-11-24T10:00', 'from 2026-11-28T02:00:00.000Z'],
  [['Sat 02:00-04:00'], '2026-11-28T02:00', 'until 2026-11-28T04:00:00.000Z'],
  [['Sat 02:00-04:00'], '2026-11-28T04:00', 'from 2026-12-05T02:00:00.000Z'],
  [['Sat 22:00-02:00'], '2026-11-29T01:59', 'until 2026-11-29T02:00:00.000Z'],
  [['Mon-Fri 22:00-02:00'], '2026-11-24T10:00', 'from 2026-11-24T22:00:00.000Z'],
  [['Fri-Mon 03:00-04:00'], '2026-11-24T10:00', 'from 2026-11-27T03:00:00.000Z'],
  [['daily 00:00-24:00'], '2026-11-24T10:00', 'until 2026-12-03T00:00:00.000Z'],
  [['Tue 10:00-11:00 +01:00'], '2026-11-24T09:30', 'until 2026-11-24T10:00:00.000Z'],
  [['Wed 00:00-01:00 +02:00'], '2026-11-24T22:30', 'until 2026-11-24T23:00:00.000Z'],
  [['tuesday 23:00-24:00 -03:00'], '2026-11-25T02:30', 'until 2026-11-25T03:00:00.000Z'],
  [['Tue 09:00-11:00', 'Tue 10:30-12:00'], '2026-11-24T10:00', 'until 2026-11-24T12:00:00.000Z'],
])('%j at %s: %s', (texts, instant, expected) => {
  expect(state(windowOf(...texts), instant)).toBe(expected);
});

test('no window is always open', () => {
  expect(windowAt([], at('2026-11-24T10:00'))).toEqual({open: true});
});

test('it is open exactly when some span of the last two days reaches the instant, and opens when it says', () => {
  const range = fc.record({
    days: fc.subarray([0, 1, 2, 3, 4, 5, 6], {minLength: 1}),
    from: fc.integer({min: 0, max: 1439}),
    minutes: fc.integer({min: 1, max: 1440}),
    offset: fc.integer({min: -840, max: 840}),
    text: fc.constant(''),
  });
  const minute = fc
    .integer({min: 0, max: 60 * 24 * 60})
    .map((m) => new Date(Date.UTC(2026, 9, 1) + m * 60_000));
  const isOpen = (window: readonly WindowRange[], instant: Date): boolean =>
    window.some((w) => {
      for (let back = 0; back <= 1440; back += 1) {
        const local = new Date(instant.getTime() + (w.offset - back) * 60_000);
        const begins =
          w.days.includes(local.getUTCDay()) &&
          local.getUTCHours() * 60 + local.getUTCMinutes() === w.from;
        if (begins && back < w.minutes) return true;
      }
      return false;
    });
  fc.assert(
    fc.property(fc.array(range, {minLength: 1, maxLength: 2}), minute, (window, instant) => {
      const found = windowAt(window, instant);
      expect(found.open).toBe(isOpen(window, instant));
      if (found.open) return;
      expect(isOpen(window, found.opens)).toBe(true);
      expect(isOpen(window, new Date(found.opens.getTime() - 60_000))).toBe(false);
    }),
    {numRuns: 60},
  );
});

test.each([
  ['02:00-04:00', 'on which days'],
  ['Sat', 'not a span'],
  ['Sat 2-4', 'two ways'],
  ['Sat 2:00-4:00', 'two ways'],
  ['Sat 02:00-02:00', 'all day, or never'],
  ['Sat 25:00-26:00', 'no clock'],
  ['Sat 02:60-04:00', 'no clock'],
  ['Samstag 02:00-04:00', 'days nobody knows'],
  ['Sat 02:00-04:00 CET', 'not the same all year'],
  ['Sat 02:00-04:00 Europe/Berlin', 'not the same all year'],
  ['Sat 02:00-04:00 UTC or so', 'not a span'],
])('%j could mean several things and is refused', (text, part) => {
  const range = parseWindowRange(text);
  expect(range.ok ? '' : range.error.message).toContain(part);
});
