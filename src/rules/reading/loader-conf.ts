import type {ConfigFile, Evidence} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';
import {oncePer} from '../../text/once-per.js';

import {ZEROCOPY} from './boot-value.js';

export interface LoaderLine {
  readonly file: string;
  readonly line: number;
  readonly value: string;
}

const LOADER_FILE = /^\/boot\/loader\.conf(\.local|\.d\/[^/]+)?$/;

/**
 * Lines of loader.conf(5) files that set the value. They do nothing (facts: host-behaviour.md),
 * which is why they matter. Syntax: name="value", blanks around =, # comments.
 */
export const loaderAssignments = ({files}: Evidence): Reading<readonly LoaderLine[]> =>
  linesIn(files);

const linesIn = oncePer((files: readonly ConfigFile[]): Reading<readonly LoaderLine[]> => {
  const found: LoaderLine[] = [];
  for (const file of files) {
    if (!LOADER_FILE.test(file.path)) continue;
    if (file.content.state === 'unreadable') return unreadable(`${file.path}: ${file.content.why}`);
    if (file.content.state === 'absent') continue;
    file.content.value.split('\n').forEach((text, index) => {
      const match = /^\s*([^=#\s]+)\s*=\s*"?([^"#]*)"?/.exec(text);
      if (match?.[1] === ZEROCOPY) {
        found.push({file: file.path, line: index + 1, value: (match[2] ?? '').trim()});
      }
    });
  }
  return read(found);
});
