import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {rcValueProblem} from '../text/rc-value.js';

/**
 * What `sysrc -f FILE VARIABLE=VALUE` makes of a file, for the difference shown to people; the host runs the real one on a
 * copy. The last assignment that begins a line is replaced, with the quotes it has (double ones where it has none) and
 * what follows it; without one a line is added at the end.
 *
 * Refused, with the reason, is whatever sysrc(8) would get wrong: a value sh(1) acts on, an assignment that is more than one
 * plain word, one inside a text of several lines, and one that a later line sets again in a way sysrc does not see.
 * Source: f_sysrc_set of usr.sbin/bsdconfig/share/sysrc.subr.
 */
export function predictRcConf(text: string, variable: string, value: string): Result<string, string> {
  const problem = rcValueProblem(value);
  if (problem !== undefined) return fail(`the value ${problem}`);
  const lines = text.split('\n');
  const open = quoteStates(lines);
  const starts = new RegExp(`^\\s*${variable}=`);
  const at = lines.findLastIndex((line) => starts.test(line));
  const again = lines.findLastIndex((line, i) => i > at && setsElsewhere(line, variable));
  if (open.end !== '') return fail('the file ends inside a quoted text or a continued line');
  if (at === -1) {
    return ok(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${variable}="${value}"\n`);
  }
  if (again !== -1) return fail(`line ${again + 1} sets ${variable} again, in a way sysrc does not see`);
  if (open.before[at] !== '') return fail(`line ${at + 1} is inside a text of several lines`);
  const line = lines[at] ?? '';
  const edited = replaceValue(line, variable, value);
  if (edited === undefined) return fail(`line ${at + 1} is more than one plain assignment`);
  return ok(lines.with(at, edited).join('\n'));
}

/** One quoted or bare word behind the =, then blanks and a comment, a semicolon, or nothing. */
function replaceValue(line: string, variable: string, value: string): string | undefined {
  const parts =
    /^(\s*\w+=)(["']?)((?:(?<=")[^"$`\\]*|(?<=')[^']*|[^\s"'$`\\;#&|<>()*?[~]*))(\2)(\s*;?\s*|\s+#.*|\s*;\s*#.*)$/.exec(
      line,
    );
  if (parts === null) return undefined;
  const [, head = '', quote = '', , closing = '', tail = ''] = parts;
  if (!head.trimStart().startsWith(`${variable}=`)) return undefined;
  return quote === '' ? `${head}"${value}"${tail}` : `${head}${quote}${value}${closing}${tail}`;
}

/** Behind another command, or exported: sysrc looks at the start of lines only. */
const setsElsewhere = (line: string, variable: string): boolean =>
  new RegExp(`^[^#]*[\\s;&|({]${variable}=`).test(line) && !new RegExp(`^\\s*${variable}=`).test(line);

interface QuoteStates {
  /** The quote that is open where each line begins; '' for none. */
  readonly before: readonly string[];
  readonly end: string;
}

/** Follows quotes as sh(1) does, far enough to know which lines are inside one. A line continued by \ counts as inside. */
function quoteStates(lines: readonly string[]): QuoteStates {
  let quote = '';
  const before: string[] = [];
  for (const line of lines) {
    before.push(quote);
    if (quote === '\\') quote = '';
    for (let i = 0; i < line.length; i += 1) {
      const c = line.charAt(i);
      if (quote === "'") {
        if (c === "'") quote = '';
      } else if (c === '\\') {
        if (i === line.length - 1 && quote === '') quote = '\\';
        i += 1;
      } else if (quote === '"') {
        if (c === '"') quote = '';
      } else if (c === '"' || c === "'") {
        quote = c;
      } else if (c === '#' && (i === 0 || /[\s;&|()]/.test(line.charAt(i - 1)))) {
        break;
      }
    }
  }
  return {before, end: quote};
}
