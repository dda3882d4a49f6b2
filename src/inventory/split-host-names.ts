import {expandRange} from './expand-range.js';
import {hostNameDefect} from './host-names.js';
import {quoted} from './complaint-book.js';

/** Host names and ranges as somebody types them on one line: separated by blanks or commas. */
export const splitHostNames = (line: string): readonly string[] =>
  line.split(/[\s,]+/).filter((word) => word !== '');

/** What is wrong with these host names and ranges, in a sentence; undefined: they are one host at least. */
export function hostNamesProblem(names: readonly string[]): string | undefined {
  if (names.length === 0) return 'Name at least one host, e.g. fw[01-04].example.net.';
  for (const name of names) {
    const expanded = expandRange(name, '-');
    const defect = 'message' in expanded ? expanded : hostNameDefect(expanded.first);
    if (defect !== undefined) return `${quoted(name)} ${defect.message}. ${defect.fix}`;
  }
  return undefined;
}
