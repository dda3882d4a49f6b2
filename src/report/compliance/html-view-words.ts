import {safeName} from '../findings/finding-text.js';
import {timeText} from '../findings/report-view.js';

/**
 * Lines on one page of a long list. Short pages keep a browser quick: what is folded is not laid
 * out.
 */
export const PAGE = 100;

/** A time for machines and for people. */
export const time = (iso: string): {readonly iso: string; readonly text: string} => ({
  iso: safeName(iso),
  text: timeText(iso),
});

/** Names in a row; of many, the first and a number. */
export const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 20).map(safeName).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
};

export function pagesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const pages: T[][] = [];
  for (let at = 0; at < items.length; at += PAGE) pages.push(items.slice(at, at + PAGE));
  return pages;
}
