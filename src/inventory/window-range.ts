import type {WindowRange} from '../model/change-policy.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';

import type {Defect} from './host-names.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const EXAMPLE =
  'Write e.g. "Sat,Sun 02:00-04:00" or "daily 22:00-02:00 +01:00"; without a zone it is UTC.';

/**
 * "Sat 02:00-04:00", "Mon-Fri 22:00-02:00", "daily 03:00-04:00 +01:00": the days it begins on, from
 * and to, and a zone as UTC or an offset. A span that ends before it begins ends on the next day.
 * What could mean two things is refused.
 */
export function parseWindowRange(text: string): Result<WindowRange, Defect> {
  const words = text.trim().split(/\s+/);
  const [dayWord = '', timeWord, zoneWord = 'UTC', ...rest] = words;
  if (/^\d/.test(dayWord))
    return refuse(
      'does not say on which days',
      'Begin with the days: "Sat", "Mon-Fri" or "daily".',
    );
  if (timeWord === undefined || rest.length > 0) return refuse('is not a span of time', EXAMPLE);
  const days = daysOf(dayWord.toLowerCase());
  if (days === undefined)
    return refuse(
      `has days nobody knows (${dayWord.slice(0, 20)})`,
      'Use Mon, Tue, Wed, Thu, Fri, Sat, Sun, a range of them, or daily.',
    );
  const times = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(timeWord);
  if (times === null)
    return refuse(
      'has times that can be read in two ways',
      'Write both as HH:MM on the 24 hour clock, e.g. 02:00-04:00.',
    );
  const [from, to] = [minutesOf(times[1], times[2]), minutesOf(times[3], times[4])];
  if (from === undefined || to === undefined || from === 1440)
    return refuse(
      'has a time that no clock shows',
      'Hours go from 00:00 to 23:59; a span may end at 24:00.',
    );
  if (from === to)
    return refuse(
      'begins and ends at the same minute: all day, or never?',
      'For a whole day write 00:00-24:00.',
    );
  const offset = offsetOf(zoneWord);
  if (offset === undefined) {
    return refuse(
      `has a zone that is not the same all year or everywhere (${zoneWord.slice(0, 20)})`,
      'Write UTC, or the distance to it: +01:00.',
    );
  }
  return ok({
    days,
    from,
    minutes: to > from ? to - from : to + 1440 - from,
    offset,
    text: text.trim(),
  });
}

const refuse = (message: string, fix: string): Result<WindowRange, Defect> => fail({message, fix});

/** A day in full is as good as its first three letters; Fri-Mon goes over the end of the week. */
function daysOf(word: string): readonly number[] | undefined {
  if (word === 'daily') return [0, 1, 2, 3, 4, 5, 6];
  const found = new Set<number>();
  for (const part of word.split(',')) {
    const ends = part.split('-').map(dayOf);
    const [first, last = first] = ends;
    if (ends.length > 2 || first === undefined || last === undefined || ends.includes(undefined))
      return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

const FULL = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function dayOf(word: string): number | undefined {
  const at = DAYS.includes(word) ? DAYS.indexOf(word) : FULL.indexOf(word);
  return at === -1 ? undefined : at;
}

function minutesOf(hours = '', minutes = ''): number | undefined {
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 1440 ? total : undefined;
}

/** Only what is the same all year: UTC, Z, or an offset. */
function offsetOf(zone: string): number | undefined {
  if (/^(utc|z)$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  const size = minutesOf(hours, minutes);
  if (sign === undefined || size === undefined || size > 14 * 60) return undefined;
  return sign === '-' ? -size : size;
}
