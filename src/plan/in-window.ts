import type {WindowRange} from '../model/change-policy.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export type WindowState =
  /** `closes` is absent when there is no window: then it is always open. */
  {readonly open: true; readonly closes?: Date} | {readonly open: false; readonly opens: Date};

/** Whether changes may be made at this instant, and when that changes next. */
export function windowAt(window: readonly WindowRange[], instant: Date): WindowState {
  if (window.length === 0) return {open: true};
  const spans = window
    .flatMap((range) => spansAround(range, instant.getTime()))
    .sort((a, b) => a.from - b.from);
  let closes: number | undefined;
  // Spans that touch or overlap are one: it closes when the last of them does.
  for (const {from, to} of spans) {
    const reached = closes ?? instant.getTime();
    if (from <= reached && to > reached) closes = to;
  }
  if (closes !== undefined) return {open: true, closes: new Date(closes)};
  const next = spans.find(({from}) => from > instant.getTime());
  if (next === undefined) throw new Error('a weekly window opens within a week');
  return {open: false, opens: new Date(next.from)};
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The spans of a range that begin from two days before to eight days after an instant, in
 * milliseconds since the epoch.
 */
function spansAround(range: WindowRange, instant: number): readonly Span[] {
  const local = instant + range.offset * MINUTE;
  const midnight = Math.floor(local / DAY) * DAY;
  return Array.from({length: 11}, (_, i) => midnight + (i - 2) * DAY)
    .filter((day) => range.days.includes(new Date(day).getUTCDay()))
    .map((day) => {
      const from = day + (range.from - range.offset) * MINUTE;
      return {from, to: from + range.minutes * MINUTE};
    });
}
