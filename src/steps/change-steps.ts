import type {PlannedStep} from '../model/plan.js';
import {readModeMap} from '../freebsd/mode-map.js';
import {MODE_MAP, OBJECT_MODES, objectPath} from '../model/mode.js';
import type {Step, VerifyStep} from '../model/step.js';
import {unreachable} from '../model/unreachable.js';

/** A step that the host carries out, with its position in the plan's list. */
export interface ChangingStep {
  readonly index: number;
  readonly step: Exclude<Step, VerifyStep>;
}

const MAX_STEPS = 100;
const MAX_FILE_BYTES = 262_144;
const MAX_VALUE_BYTES = 4096;
const MAX_TIME_LIMIT = 3600;
const MAX_INT = 2_147_483_647;

const BOOT_FILES: readonly string[] = ['/etc/sysctl.conf', '/etc/sysctl.conf.local'];
/** What rc(8) reads: rc.subr, load_rc_config; ports services keep theirs in /usr/local/etc. */
const RC_FILE =
  /^\/etc\/rc\.conf(\.local)?$|^(\/usr\/local)?\/etc\/rc\.conf\.d(\/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,2}$/;
const RC_VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const SERVICE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/**
 * The steps the host is asked to do, each checked.
 *
 * @throws Error when a step is not what a validated plan may hold
 */
export function changingSteps(steps: readonly PlannedStep[]): readonly ChangingStep[] {
  if (steps.length > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
  return steps.flatMap((step, index) => {
    check(step);
    return step.kind === 'verify' ? [] : [{index, step}];
  });
}

/**
 * One line of the table the host reads: index, kind, subject, variable, from, to, time limit, may
 * kill; tab separated. No field is ever empty, because read(1) of sh takes two tabs for one: a
 * value has `=` in front, `-` is null.
 */
export function stepRow({index, step}: ChangingStep): string {
  switch (step.kind) {
    case 'set-running':
      return row(index, step.kind, step.oid, '-', `=${step.from}`, `=${step.to}`, '-', '-');
    case 'install-mode':
      return row(index, step.kind, step.file, '-', valued(step.from), valued(step.to), '-', '-');
    case 'write-boot':
    case 'map-mode':
      return row(index, step.kind, step.file, '-', mark(step.from), mark(step.to), '-', '-');
    case 'set-rc':
      return row(
        index,
        step.kind,
        step.file,
        step.variable,
        valued(step.from),
        valued(step.to),
        '-',
        '-',
      );
    case 'restart-service':
    case 'start-service':
    case 'stop-service':
      return row(
        index,
        step.kind,
        step.service,
        '-',
        step.from,
        step.to,
        String(step.timeLimit),
        step.mayKill ? 'kill' : '-',
      );
    default:
      return unreachable(step);
  }
}

/** A file a step needs on the host, by the name it gets there. */
export interface StepPayload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The files a step needs on the host: whole contents.
 * @param bytesOf the package's object with a SHA-256
 *
 * @throws Error when the package has no such object
 */
export function stepPayloads(
  {index, step}: ChangingStep,
  bytesOf: (sha256: string) => Uint8Array | undefined,
): readonly StepPayload[] {
  const text = (name: string, content: string): StepPayload => ({
    name,
    bytes: Buffer.from(content, 'utf8'),
  });
  if (step.kind === 'install-mode') {
    if (step.to === null) return [];
    const bytes = bytesOf(step.to);
    if (bytes === undefined) throw new Error(`the package has no object ${step.to}`);
    return [{name: `to.${index}`, bytes}];
  }
  if (step.kind !== 'write-boot' && step.kind !== 'map-mode') return [];
  return [
    ...(step.from === null ? [] : [text(`from.${index}`, step.from)]),
    ...(step.to === null ? [] : [text(`to.${index}`, step.to)]),
  ];
}

const row = (...fields: readonly (string | number)[]): string => fields.join('\t');
const mark = (content: string | null): string => (content === null ? '-' : '=');
const valued = (value: string | null): string => (value === null ? '-' : `=${value}`);

function check(step: Step): void {
  const refuse = (what: string): never => {
    throw new Error(`not a ${step.kind} step: ${what}`);
  };
  switch (step.kind) {
    case 'set-running':
      for (const value of [step.from, step.to])
        if (!Number.isInteger(value) || value < 0 || value > MAX_INT) refuse(`value ${value}`);
      // A plan is a file somebody may have edited: the type alone proves nothing.
      if ((step.oid as string) !== 'net.bpf.zerocopy_enable') refuse(`oid ${step.oid}`);
      return;
    case 'write-boot':
      if (!BOOT_FILES.includes(step.file)) refuse(`file ${step.file}`);
      for (const content of [step.from, step.to])
        if (content !== null && Buffer.byteLength(content, 'utf8') > MAX_FILE_BYTES)
          refuse('too large');
      return;
    case 'set-rc':
      if (!RC_FILE.test(step.file) || step.file.includes('/..')) refuse(`file ${step.file}`);
      if (!RC_VARIABLE.test(step.variable)) refuse(`variable ${step.variable}`);
      for (const value of [step.from, step.to])
        if (
          value !== null &&
          (hasControl(value) || Buffer.byteLength(value, 'utf8') > MAX_VALUE_BYTES)
        )
          refuse(`value of ${step.variable}`);
      // sysrc writes VAR="value": what the shell would expand or end there is no plain value.
      if (step.to !== null && /["$`\\]/.test(step.to)) refuse(`value of ${step.variable}`);
      return;
    case 'install-mode':
      if (!OBJECT_MODES.some((mode) => mode === step.mode) || step.file !== objectPath(step.mode))
        refuse(`file ${step.file}`);
      for (const hash of [step.from, step.to])
        if (hash !== null && !/^[0-9a-f]{64}$/.test(hash)) refuse(`digest ${hash}`);
      return;
    case 'map-mode':
      if ((step.file as string) !== MODE_MAP) refuse(`file ${step.file}`);
      for (const content of [step.from, step.to])
        if (content !== null && readModeMap(content) === undefined) refuse('not a map of modes');
      return;
    case 'verify':
      return;
    case 'restart-service':
    case 'start-service':
    case 'stop-service':
      if (!SERVICE.test(step.service)) refuse(`service ${step.service}`);
      if (
        !Number.isInteger(step.timeLimit) ||
        step.timeLimit < 1 ||
        step.timeLimit > MAX_TIME_LIMIT
      )
        refuse(`time limit ${step.timeLimit}`);
      return;
    default:
      unreachable(step);
  }
}

const hasControl = (text: string): boolean => /\p{Cc}/u.test(text);
