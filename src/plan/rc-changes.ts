import type {Evidence, RcAssignment, RcFile} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {absent} from '../model/reading.js';
import type {RcLines, SetRc} from '../model/step.js';
import {LOOK_AS_ROOT} from '../rules/remedy.js';
import type {RcFileSeen} from '../steps/edit-rc-conf.js';
import {predictRcEdit} from '../steps/edit-rc-conf.js';
import type {NotEditable} from '../steps/editable.js';
import {whyNotReplaceable} from '../steps/editable.js';
import {REDACTED} from '../text/mask-secrets.js';
import {isOff, rcValueProblem} from '../freebsd/rc-value.js';

const MAIN_FILE = '/etc/rc.conf';
const NO_FILE: RcFile = {path: MAIN_FILE, assignments: absent};
/** Files in rc.conf.d count for one service only, and not for what all rc files say. */
const isForAll = ({path}: RcFile): boolean => !path.includes('/rc.conf.d/');

/**
 * The step that gives an rc variable its value: in the file whose assignment wins, /etc/rc.conf
 * when there is none. Undefined when it has the value. Where the present value is not plain to see
 * it is refused: the host would have to guess, too, what to put back.
 */
export function rcChange(
  evidence: Evidence,
  variable: string,
  to: string,
): Result<SetRc | undefined, NotEditable> {
  const problem = rcValueProblem(to);
  if (problem !== undefined)
    return refuse(`the value for ${variable} ${problem}`, 'Write a plain value in policy.rc.');
  const {files, variables} = evidence.rc;
  if (files === undefined || variables.state !== 'read')
    return hiddenFrom(`the rc files could not be read, so neither where ${variable} is set`);
  const hidden = files.find((file) => file.assignments.state === 'unreadable');
  if (hidden !== undefined)
    return hiddenFrom(`${hidden.path} could not be read, so neither whether it sets ${variable}`);

  const found = files.flatMap((file) =>
    file.assignments.state === 'read'
      ? file.assignments.value.filter((a) => a.name === variable).map((a) => ({file, a}))
      : [],
  );
  const last = found.at(-1);
  const known = Object.hasOwn(variables.value, variable) ? variables.value[variable] : undefined;
  if (last === undefined && known !== undefined) {
    return refuse(
      `${variable} is set, but not on a line of an rc file that was collected`,
      `Find it with: sysrc -F ${variable}; set it by hand.`,
    );
  }
  const from = last === undefined ? null : last.a.value;
  if (last?.a.value.endsWith(CR) === true) return fail(crRefusal(last.file, last.a));
  if (from !== null && sameSetting(variable, from, to)) return ok(undefined);
  if (
    last !== undefined &&
    (!last.a.literal || /\p{Cc}/u.test(last.a.value) || from?.includes(REDACTED) === true)
  ) {
    return refuse(
      `line ${last.a.line} of ${last.file.path} sets ${variable} to more than one plain word`,
      `Write it as ${variable}="value", or change it by hand.`,
    );
  }
  if (last !== undefined && known !== undefined && isForAll(last.file) && known !== from) {
    return refuse(
      `line ${last.a.line} of ${last.file.path} is not what decides: with all rc files read, ${variable} is "${known}"`,
      `Find what sets it: grep -n ${variable} ${last.file.path}; set it by hand.`,
    );
  }
  const file = last?.file ?? files.find(({path}) => path === MAIN_FILE) ?? NO_FILE;
  const {securelevel} = evidence.identity;
  const guarded = whyNotReplaceable(
    file,
    securelevel.state === 'read' ? securelevel.value : undefined,
  );
  if (guarded !== undefined) return fail(guarded);
  const edit = predictRcEdit(seenOf(file), variable, to);
  if (!edit.ok)
    return refuse(
      `${file.path}: ${edit.error}`,
      `Write it as ${variable}="value", or change it by hand.`,
    );
  const lines = linesOf(file, edit.value);
  return ok({kind: 'set-rc', file: file.path, variable, from, to, ...(lines && {lines})});
}

const CR = '\r';

/** sysrc(8) would keep the carriage return, so the new value would end in one too. */
function crRefusal(file: RcFile, {line, name, value}: RcAssignment): NotEditable {
  const {path, assignments} = file;
  const all = assignments.state === 'read' ? assignments.value : [];
  // checkyesno of rc.subr knows no YES with something behind it: it warns, and does not start the
  // service.
  const unset = all
    .filter((a) => a.name.endsWith('_enable') && a.value.endsWith(CR))
    .map((a) => a.name);
  const taken =
    unset.length === 0 ? '' : `, and takes ${[...new Set(unset)].join(', ')} as not set`;
  return {
    reason: `line ${line} of ${path} ends in a carriage return: rc reads ${name} as "${value.replaceAll(CR, '<CR>')}"${taken}`,
    remedy: `Take the carriage returns away: sed -i '' "s/$(printf '\\r')\$//" ${path}; then plan again.`,
  };
}

const seenOf = (file: RcFile): RcFileSeen => ({
  assignments: file.assignments.state === 'read' ? file.assignments.value : [],
  ...(file.assignments.state === 'absent'
    ? {lines: 0}
    : file.lines !== undefined && {lines: file.lines}),
  ...(file.unended && {unended: file.unended}),
});

/** Not shown is a line of which a part was hidden when it was collected. */
function linesOf(file: RcFile, lines: RcLines | undefined): RcLines | undefined {
  if (lines === undefined || lines.before.some((line) => line.includes(REDACTED))) return undefined;
  return file.assignments.state === 'absent' ? {...lines, missing: 'before'} : lines;
}

const hiddenFrom = (reason: string): Result<never, NotEditable> =>
  fail({kind: 'gap', reason, remedy: LOOK_AS_ROOT});

const refuse = (reason: string, remedy: string): Result<never, NotEditable> =>
  fail({reason, remedy});

/** For rc(8) NO, no, off and 0 are one; so are YES, yes, on and 1 (checkyesno of rc.subr). */
function sameSetting(variable: string, from: string, to: string): boolean {
  if (from === to) return true;
  if (!variable.endsWith('_enable')) return false;
  return (isOff(from) && isOff(to)) || (isOn(from) && isOn(to));
}

const isOn = (value: string): boolean => /^(yes|true|on|1)$/i.test(value);
