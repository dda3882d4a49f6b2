import type {ErrorCode} from 'yaml';

import {sanitize} from '../text/sanitize.js';

/** What the YAML library's error codes mean to somebody who edits an inventory, and what to do. */
const EXPLANATIONS: Partial<Record<ErrorCode, readonly [message: string, fix: string]>> = {
  TAB_AS_INDENT: ['a tab is used for indentation', 'Indent with spaces: YAML takes no tabs.'],
  BAD_INDENT: [
    'the indentation, or a closing bracket, is wrong',
    'Align the line with its neighbours.',
  ],
  BAD_SCALAR_START: [
    'a value starts with a character YAML reserves',
    'Put the value in double quotes.',
  ],
  BAD_DQ_ESCAPE: [
    'a backslash in double quotes starts no known escape',
    'Use single quotes, or write \\\\.',
  ],
  MISSING_CHAR: [
    'a comma, a colon or a quote is missing',
    'Inside [...] put names with brackets in quotes: ["fw[01-40].example.net"].',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'two keys stand on one line',
    'Put the second on a line of its own, quote a value that has ": " in it, or write {key: value}.',
  ],
  BLOCK_IN_FLOW: ['a list with dashes stands inside brackets', 'Separate with commas: [a, b].'],
  MULTILINE_IMPLICIT_KEY: [
    'a colon is missing, or a key runs over several lines',
    'Write key: value on one line.',
  ],
  UNEXPECTED_TOKEN: [
    'something stands where YAML expects nothing',
    'Look for a missing colon or dash, or a quote too many.',
  ],
  RESOURCE_EXHAUSTION: ['nested too deeply', 'Look for a bracket that is never closed.'],
};

/** What went wrong in the reader's words, and what to do. `text` is the library's own message. */
export function explainYamlError(
  code: ErrorCode,
  text: string,
): {readonly message: string; readonly fix: string} {
  const known = EXPLANATIONS[code];
  const detail = sanitize(text, {limit: 200});
  if (known === undefined)
    return {message: `not YAML: ${detail}`, fix: 'Correct the line, or quote the value.'};
  return {message: `not YAML: ${known[0]} (${detail})`, fix: known[1]};
}
