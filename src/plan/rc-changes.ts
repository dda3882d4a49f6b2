import type {Evidence} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {SetRc} from '../model/step.js';
import {LOOK_AS_ROOT} from '../rules/remedy.js';
import type {NotEditable} from '../steps/editable.js';
import {whyNotReplaceable} from '../steps/editable.js';
import {REDACTED} from '../text/mask-secrets.js';
import {isOff, rcValueProblem} from '../text/rc-value.js';

const MAIN_FILE = '/etc/rc.conf';

/**
 * The step that gives an rc variable its value: in the file whose assignment wins, /etc/rc.conf when there is none.
 * Undefined when it has the value. Where the present value is not plain to see it is refused: the host would have to guess,
 * too, what to put back.
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
  if (from !== null && sameSetting(variable, from, to)) return ok(undefined);
  if (last !== undefined && (!last.a.literal || from?.includes(REDACTED) === true)) {
    return refuse(
      `line ${last.a.line} of ${last.file.path} sets ${variable} to more than one plain word`,
      `Write it as ${variable}="value", or change it by hand.`,
    );
  }
  const file = last?.file ?? files.find(({path}) => path === MAIN_FILE) ?? {path: MAIN_FILE};
  const guarded = whyNotReplaceable(file);
  if (guarded !== undefined) return fail(guarded);
  return ok({kind: 'set-rc', file: file.path, variable, from, to});
}

const hiddenFrom = (reason: string): Result<never, NotEditable> =>
  fail({kind: 'gap', reason, remedy: LOOK_AS_ROOT});

const refuse = (reason: string, remedy: string): Result<never, NotEditable> => fail({reason, remedy});

/** For rc(8) NO, no, off and 0 are one; so are YES, yes, on and 1 (checkyesno of rc.subr). */
function sameSetting(variable: string, from: string, to: string): boolean {
  if (from === to) return true;
  if (!variable.endsWith('_enable')) return false;
  return (isOff(from) && isOff(to)) || (isOn(from) && isOn(to));
}

const isOn = (value: string): boolean => /^(yes|true|on|1)$/i.test(value);
