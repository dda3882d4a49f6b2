import type {PlannedStep} from '../model/plan.js';
import {printfOctal} from '../text/printf-octal.js';
import {isRunId} from '../text/run-id.js';
import {shellQuote} from '../text/shell.js';

import type {ChangingStep, StepPayload} from './change-steps.js';
import {changingSteps, stepPayloads, stepRow} from './change-steps.js';

export interface BeginOptions {
  /** Id of the apply run; names the folder on the host. */
  readonly run: string;
  /** Id of the plan it carries out. */
  readonly plan: string;
  /** Who began it, as `ownerName` makes it. */
  readonly owner: string;
  /** Seconds after the last step until the host undoes everything by itself. */
  readonly confirmSeconds: number;
  /**
   * The run this one goes on with: what that undid may be carried out again under the same plan.
   */
  readonly continues?: string;
  /** The operator knows that after a reboot nobody may undo the change. */
  readonly acceptNoBootGuard?: boolean;
  /** Of this host, in the plan's order; `verify` steps are left out. */
  readonly steps: readonly PlannedStep[];
  /** The package's object with a SHA-256; needed for steps that install one. */
  readonly objectOf?: (sha256: string) => Uint8Array | undefined;
  /** The host's script: loadChangeTemplate(). */
  readonly template: string;
}

export interface ContactOptions {
  readonly what: 'status' | 'confirm' | 'undo';
  /**
   * Needed for `confirm` and `undo`; `status` without it tells of the run that has the host's lock.
   */
  readonly run?: string;
  readonly template: string;
}

const PLAN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const OWNER = /^[A-Za-z0-9._+@-]{1,120}$/;
const MAX_CONFIRM_SECONDS = 86_400;

/** user@controller in the characters a host accepts; everything else becomes `_`. */
export const ownerName = (user: string, controller: string): string =>
  `${user}@${controller}`.replaceAll(/[^A-Za-z0-9._+@-]/g, '_').slice(0, 120);

/**
 * The whole text to send to `/bin/sh -s` to carry out the changing steps of one host. Cut anywhere,
 * it does nothing.
 *
 * @throws Error when something in it is not what a validated plan may hold: a defect of the caller
 */
export function beginScript(options: BeginOptions): string {
  const {run, plan, owner, confirmSeconds, continues, acceptNoBootGuard, template} = options;
  requireRun(run);
  if (continues !== undefined) requireRun(continues);
  if (!PLAN_ID.test(plan)) throw new Error(`not a plan id: ${plan}`);
  if (!OWNER.test(owner)) throw new Error(`not an owner: ${owner}`);
  if (
    !Number.isInteger(confirmSeconds) ||
    confirmSeconds < 1 ||
    confirmSeconds > MAX_CONFIRM_SECONDS
  )
    throw new Error(`not a confirm timeout in seconds: ${confirmSeconds}`);
  const steps = changingSteps(options.steps);
  if (steps.length === 0) throw new Error('nothing to change: no step that changes something');
  const more = [
    ...(continues === undefined ? [] : [`continues=${continues}`]),
    ...(acceptNoBootGuard === true ? ['accept=no-boot-guard'] : []),
  ];
  const words = ['begin', run, plan, owner, String(confirmSeconds), ...more];
  return scriptOf(words, payloadFunction(steps, options.objectOf ?? (() => undefined)), template);
}

/**
 * The whole text to send to `/bin/sh -s` to ask about, confirm or undo a run.
 *
 * @throws Error when the run is missing or malformed: a defect of the caller
 */
export function contactScript({what, run, template}: ContactOptions): string {
  if (run === undefined && what !== 'status') throw new Error(`${what} needs a run`);
  if (run !== undefined) requireRun(run);
  return scriptOf([what, ...(run === undefined ? [] : [run])], [], template);
}

/**
 * The script's text stands in a variable, so that the host can keep a copy of exactly what it runs.
 * The braces make the shell read to the very end before it does anything.
 */
function scriptOf(args: readonly string[], payload: readonly string[], template: string): string {
  return [
    '{',
    `set -- ${args.map(shellQuote).join(' ')}`,
    ...payload,
    `change_text=${shellQuote(template)}`,
    'eval "$change_text"',
    'exit',
    '}',
    '',
  ].join('\n');
}

/** A shell function that prints the table of steps, or the bytes of one file, by name. */
function payloadFunction(
  steps: readonly ChangingStep[],
  objectOf: (sha256: string) => Uint8Array | undefined,
): readonly string[] {
  const table = steps.map((step) => `${stepRow(step)}\n`).join('');
  const parts: readonly StepPayload[] = [
    {name: 'steps', bytes: Buffer.from(table, 'utf8')},
    ...steps.flatMap((step) => stepPayloads(step, objectOf)),
  ];
  const cases = parts.flatMap(({name, bytes}) => [
    `\t${name})`,
    ...printfOctal(bytes).map((line) => `\t\t${line}`),
    '\t\t;;',
  ]);
  return ['payload()', '{', '\tcase $1 in', ...cases, '\t*) return 1 ;;', '\tesac', '}'];
}

function requireRun(run: string): void {
  if (!isRunId(run)) throw new Error(`not a run id: ${run}`);
}
