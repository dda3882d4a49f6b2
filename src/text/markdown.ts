import {sanitize} from './sanitize.js';

/**
 * Text as Markdown that shows exactly that text, on one line: what would be markup is escaped
 * (CommonMark and GitHub's tables, strike-through and links without brackets), and control
 * characters are written out.
 *
 * @param limit characters of the text that are kept
 */
export function markdownText(text: string, limit = 2000): string {
  return sanitize(text, {limit})
    .trim()
    .replace(/[\\`*_[\]<>|~&$!]/g, '\\$&')
    .replace(/^([#+=-])/, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
    .replaceAll(':/', ':\\/')
    .replace(/www\./gi, (w) => `${w.slice(0, 3)}\\.`);
}
