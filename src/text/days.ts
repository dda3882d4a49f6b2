/**
 * A span of whole days as it is written: 365d. Other units are riddles: a month has no length, and
 * m is a minute, too.
 */
export const DAYS = /^[1-9]\d{0,4}d$/;

/** The number of days in `365d`; undefined when it is not written so. */
export const parseDays = (text: string): number | undefined =>
  DAYS.test(text) ? Number(text.slice(0, -1)) : undefined;
