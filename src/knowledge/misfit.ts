import type {Complaint} from '../model/host.js';

import {SOURCE_FILES} from './read-sources.js';

/**
 * What does not fit between the facts and their meaning; it is the meaning that has to be mended.
 */
export const misfit = (id: string, message: string, fix: string): Complaint => ({
  file: SOURCE_FILES.conditions,
  line: 0,
  message: `${id}: ${message}`,
  fix,
});

/** Items that occur a second time. */
export const twice = (list: readonly string[]): readonly string[] =>
  list.filter((item, at) => list.indexOf(item) !== at);

export const forksAfterOpen = (pattern: string): boolean =>
  pattern.startsWith('fork-') && pattern !== 'fork-before-open';
