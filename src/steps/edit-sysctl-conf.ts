import type {Assignment} from '../freebsd/zerocopy-setting.js';
import {assignmentsIn, winnerOf, ZEROCOPY} from '../freebsd/zerocopy-setting.js';
import {valueSpan} from '../freebsd/sysctl-conf.js';

/**
 * What stands around a line zbufctl added, so that people (and `cleanDuplicates`) know whose it is.
 */
export const BLOCK_BEGIN = '# zbufctl: begin';
export const BLOCK_END = '# zbufctl: end';

export interface EditOptions {
  /** Also removes every other assignment of the value; a comment on such a line goes with it. */
  readonly cleanDuplicates?: boolean;
}

/**
 * The text of a sysctl.conf file after which it sets net.bpf.zerocopy_enable to `value`: the
 * assignment that wins is changed where it stands; without one a marked block is added. Every other
 * byte stays: comments, blanks, order, line ends, a missing last newline (unless something has to
 * follow it).
 * @param text null: the file is not there
 */
export function editSysctlConf(
  text: string | null,
  value: number,
  options: EditOptions = {},
): string {
  const before = text ?? '';
  const winner = winnerOf(assignmentsIn('', before));
  const edited =
    winner === undefined ? appendBlock(before, value) : changeLine(before, winner.line, value);
  return options.cleanDuplicates === true ? withoutDuplicates(edited) : edited;
}

/**
 * Removes every assignment that is not in force; for a file another one overrides, `keepWinner:
 * false` removes all.
 */
export function withoutDuplicates(text: string, options = {keepWinner: true}): string {
  const assignments = assignmentsIn('', text);
  const winner = options.keepWinner ? winnerOf(assignments) : undefined;
  return removeLines(
    text,
    assignments.filter((a) => a !== winner),
  );
}

function changeLine(text: string, number: number, value: number): string {
  const lines = text.split('\n');
  const line = lines[number - 1] ?? '';
  const span = valueSpan(line);
  if (span === undefined) throw new Error(`line ${number} is not an assignment`);
  lines[number - 1] = line.slice(0, span.from) + String(value) + line.slice(span.to);
  return lines.join('\n');
}

function appendBlock(text: string, value: number): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : end;
  return `${text}${gap}${[BLOCK_BEGIN, `${ZEROCOPY}=${value}`, BLOCK_END].join(end)}${end}`;
}

/** Whole lines, and the marks around a line of zbufctl's own. */
function removeLines(text: string, assignments: readonly Assignment[]): string {
  const lines = text.split(/(?<=\n)/);
  const gone = new Set(assignments.map((a) => a.line - 1));
  for (const at of [...gone]) {
    const marked =
      lines[at - 1]?.trimEnd() === BLOCK_BEGIN && lines[at + 1]?.trimEnd() === BLOCK_END;
    if (!marked) continue;
    gone.add(at - 1);
    gone.add(at + 1);
  }
  return lines.filter((_, at) => !gone.has(at)).join('');
}
