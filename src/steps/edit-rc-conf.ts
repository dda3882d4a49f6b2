import type {RcAssignment} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {RcLines} from '../model/step.js';

/** What was collected of an rc file: the lines that set something, and how many lines there are. */
export interface RcFileSeen {
  readonly assignments: readonly RcAssignment[];
  /** Absent: not collected. */
  readonly lines?: number;
  readonly unended?: true;
}

/**
 * What `sysrc -f FILE VARIABLE=VALUE` does to the lines of a file, for the difference shown to
 * people; the host runs the real one on a copy. The last line that begins with the assignment gets
 * the new value, in the quotes it has (double ones where it has none), and keeps what follows;
 * without one a line is added at the end. A line with `export` in front is none to sysrc. Undefined
 * where the lines themselves were not collected.
 *
 * Refused, with the reason, is what sysrc would get wrong and the collected lines show: an
 * assignment that is more than one plain word, and one that a later line exports again. The host
 * checks the result for the rest. Source: f_sysrc_set, f_sysrc_find of
 * usr.sbin/bsdconfig/share/sysrc.subr (reading).
 */
export function predictRcEdit(
  file: RcFileSeen,
  variable: string,
  value: string,
): Result<RcLines | undefined, string> {
  const mine = file.assignments.filter(({name}) => name === variable);
  const last = mine.at(-1);
  const at = mine.findLast(({text}) => text === undefined || beginsWith(text, variable));
  if (at !== undefined && at !== last)
    return fail(`line ${last?.line} sets ${variable} again, in a way sysrc does not see`);
  if (at !== undefined && !at.literal)
    return fail(`line ${at.line} is more than one plain assignment`);
  const edited = at?.text === undefined ? undefined : withValue(at.text, variable, value);
  if (at?.text !== undefined && edited === undefined)
    return fail(`line ${at.line} is more than one plain assignment`);
  return ok(at === undefined ? added(file, `${variable}="${value}"`) : replaced(file, at, edited));
}

function replaced(
  {lines, unended}: RcFileSeen,
  {line, text}: RcAssignment,
  edited: string | undefined,
): RcLines | undefined {
  if (text === undefined || edited === undefined || lines === undefined) return undefined;
  // The host ends the last line before sysrc gets the file.
  const open = unended === true && line === lines ? ({unended: 'before'} as const) : {};
  return {at: line, before: [text], after: [edited], ...open};
}

/** A last line without a newline gets one first; sysrc alone would make one line of the two. */
function added({assignments, lines, unended}: RcFileSeen, addition: string): RcLines | undefined {
  if (lines === undefined) return undefined;
  if (unended !== true) return {at: lines + 1, before: [], after: [addition]};
  const end = assignments.find(({line}) => line === lines)?.text;
  // The last line is not one that was collected, so it cannot be shown.
  if (end === undefined) return {at: lines + 1, before: [], after: [addition]};
  return {at: lines, before: [end], after: [end, addition], unended: 'before'};
}

const beginsWith = (text: string, variable: string): boolean =>
  text.trimStart().startsWith(`${variable}=`);

/** One quoted or bare word behind the =; sysrc keeps what follows it. */
function withValue(text: string, variable: string, value: string): string | undefined {
  const parts =
    /^([ \t]*\w+=)(["']?)((?:(?<=")[^"$`\\]*|(?<=')[^']*|[^\s"'$`\\;#&|<>()*?[~]*))(\2)([ \t]*;?[ \t]*|[ \t]+#.*|[ \t]*;[ \t]*#.*)$/.exec(
      text,
    );
  const [, head = '', quote = '', , , tail = ''] = parts ?? [];
  if (parts === null || !beginsWith(head, variable)) return undefined;
  // Without quotes sysrc takes everything up to a blank for the value, a semicolon too.
  const kept = quote === '' ? tail.replace(/^;/, '') : tail;
  return `${head}${quote || '"'}${value}${quote || '"'}${kept}`;
}
