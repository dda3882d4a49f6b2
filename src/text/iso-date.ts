import {remembering} from './remembering.js';

const DAY_MS = 86_400_000;

/**
 * Why this is not a calendar date we take, or undefined when it is one. Only YYYY-MM-DD is taken:
 * 01/02/2027 is two different days on two sides of an ocean, and "1m" has been read as a minute
 * where a month was meant.
 */
export function isoDateProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is not a date in the form YYYY-MM-DD';
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (match === null)
    return `${JSON.stringify(value.slice(0, 40))} is not a date in the form YYYY-MM-DD`;
  // A day that does not exist (2027-02-30) comes back as another one.
  const time = Date.parse(`${value}T00:00:00Z`);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  return exists ? undefined : `${value} is not a day of the calendar`;
}

/** Whole days from one ISO date to another; negative when `to` is earlier. Both must be valid. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The UTC day of an ISO 8601 time, whatever offset it is written in. */
export const utcDay = (time: string): string =>
  days(time, () => new Date(time).toISOString().slice(0, 10));

/** All hosts of a run are judged on one. */
const days = remembering<string>(100);
