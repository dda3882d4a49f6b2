import type {Check, CheckState, DoctorReport} from '../../model/check.js';
import {sanitize} from '../../text/sanitize.js';
import type {RenderOptions} from '../renderer.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import {plural} from '../terminal/page.js';
import {hang} from '../terminal/wrap.js';

const TONE: Readonly<Record<CheckState, Tone>> = {
  ok: 'good',
  note: 'warn',
  problem: 'bad',
  skipped: 'dim',
};
const WIDEST_STATE = 'problem'.length;

/** What was looked at, a line each, with the fix below what needs one; then how many do. */
export function renderDoctor(report: DoctorReport, {width, colour}: RenderOptions): string {
  const paint = painter(colour);
  const all = [...report.controller, ...report.hosts.flatMap(({checks}) => checks)];
  const names = Math.max(...all.map(({name}) => name.length));
  const lineOf = ({state, name, detail, fix}: Check): readonly string[] => {
    const first = `${state.padEnd(WIDEST_STATE)}  ${name.padEnd(names)}  `;
    const margin = ' '.repeat(first.length);
    const lines = hang(first, sanitize(detail), width);
    return [
      ...lines.map((line, i) =>
        i === 0 ? paint(TONE[state], state) + line.slice(state.length) : line,
      ),
      ...(fix === '' ? [] : hang(`${margin}Fix: `, sanitize(fix), width)),
    ];
  };
  const title = (text: string): string => paint('strong', text);
  return `${[
    title('this machine'),
    ...report.controller.flatMap(lineOf),
    ...report.hosts.flatMap(({host, address, checks}) => [
      '',
      title(sanitize(host === address ? host : `${host} (${address})`, {limit: 300})),
      ...checks.flatMap(lineOf),
    ]),
    '',
    summary(all),
  ].join('\n')}\n`;
}

function summary(checks: readonly Check[]): string {
  const count = (state: CheckState): number => checks.filter((one) => one.state === state).length;
  const [problems, notes] = [count('problem'), count('note')];
  if (problems + notes === 0) return 'Everything is as it should be.';
  return [
    ...(problems === 0 ? [] : [plural(problems, 'problem')]),
    ...(notes === 0 ? [] : [plural(notes, 'note')]),
  ].join(', ');
}
