import type {Finding} from '../model/finding.js';
import type {PlannedStep} from '../model/plan.js';
import type {
  InstallMode,
  MapMode,
  RcLines,
  ServiceStep,
  SetRc,
  Step,
  VerifyStep,
} from '../model/step.js';
import {ZEROCOPY} from '../freebsd/zerocopy-setting.js';

import type {BootEdit} from './boot-edits.js';
import {serves} from './boot-edits.js';
import type {ModeChanges} from './mode-changes.js';
import type {ServiceChanges} from './service-changes.js';

export interface StepsInput {
  readonly findings: readonly Finding[];
  /** Absent: not read; then nothing is set. */
  readonly running?: number;
  readonly boot?: number;
  /** Undefined: the value stays. */
  readonly target: number | undefined;
  readonly services: ServiceChanges;
  readonly modes: ModeChanges;
  readonly edits: readonly BootEdit[];
  /** The edits also take away lines that are not in force. */
  readonly cleanDuplicates: boolean;
  /** rc scripts to restart once the value is set. */
  readonly restarts: readonly string[];
  /** rc scripts whose processes may have to be killed. */
  readonly stubborn: readonly string[];
  /** The service's id, by its rc script. */
  readonly serviceOf: (script: string) => string;
}

/** Seconds `service X stop` may take: pflogd answers within one when it is well. */
const TIME_LIMIT = 20;

/**
 * The steps in the order they are carried out: what has to end first, the variables, the value,
 * then what begins anew. The host undoes values and files before services, so that each starts
 * again with the settings it had. Verification comes last.
 */
export function stepsOf(input: StepsInput): readonly PlannedStep[] {
  const {target, running, services, edits} = input;
  const stops = unique([
    ...services.off.filter(({running: runs}) => runs).map(({script}) => script),
    ...services.flagged.flatMap((flagged) => flagged.stops),
  ]);
  const again = unique(services.flagged.flatMap((flagged) => flagged.restarts)).filter(
    (s) => !stops.includes(s),
  );
  const restarts = unique([...input.restarts, ...input.modes.restarts]).filter(
    (script) => !stops.includes(script) && !again.includes(script),
  );
  const mayKill = (script: string): boolean => input.stubborn.includes(script);
  const restarted = (script: string): PlannedStep =>
    planned(
      input,
      STALLS,
      restart(script, mayKill(script)),
      restart(script, true),
      input.serviceOf(script),
    );

  const changing = [
    ...stops.map((script) =>
      planned(input, STOPS, stop(script, mayKill(script)), start(script), input.serviceOf(script)),
    ),
    ...services.off.flatMap(({rc, service: {id}}) =>
      rc === undefined ? [] : [planned(input, STOPS, rc, back(rc), id)],
    ),
    ...services.flagged.map(({rc}) => planned(input, POLICY, rc, back(rc))),
    // A mapped program does not start without its object, nor well with the value on and without
    // its mapping.
    ...input.modes.install.map((step) => planned(input, MODES, step, turned(step))),
    ...(input.modes.map === undefined
      ? []
      : [planned(input, MODES, input.modes.map, turned(input.modes.map))]),
    ...input.modes.preload.map((rc) => planned(input, MODES, rc, back(rc))),
    ...(target === undefined || running === undefined || serves(running, target)
      ? []
      : [planned(input, NOW, setRunning(running, target), setRunning(target, running))]),
    ...edits.map((edit) => planned(input, rulesOf(edit, input), write(edit), unwrite(edit))),
    ...[...restarts, ...again].map(restarted),
  ];
  if (changing.length === 0) return [];
  return [...changing, ...verification(input, [...restarts, ...again])];
}

function rulesOf({bootFrom, bootTo}: BootEdit, {cleanDuplicates}: StepsInput): readonly string[] {
  return [...(bootFrom === bootTo ? [] : BOOTS), ...(cleanDuplicates ? DUPLICATES : [])];
}

const unique = (scripts: readonly string[]): readonly string[] => [...new Set(scripts)];

/** Setting the value cures no capture that is stalled already: that takes a restart. */
const NOW = ['ZBUF-002', 'ZBUF-004', 'ZBUF-005', 'ZBUF-007'];
const BOOTS = ['ZBUF-003', 'ZBUF-004', 'ZBUF-005', 'ZBUF-007'];
const POLICY = ['ZBUF-005'];
const DUPLICATES = ['ZBUF-006'];
const STOPS = ['ZBUF-001', 'ZBUF-002', 'ZBUF-003', 'ZBUF-013'];
const STALLS = ['ZBUF-001', 'ZBUF-013'];
const MODES = ['ZBUF-002', 'ZBUF-003', 'ZBUF-014', 'ZBUF-015'];

const turned = <S extends InstallMode | MapMode>(step: S): S => ({
  ...step,
  from: step.to,
  to: step.from,
});

/**
 * `rules`: those a step of this kind can answer; the ones that fail here are named.
 * @param service where the step is about one: only what fails of it is answered
 */
function planned(
  input: StepsInput,
  rules: readonly string[],
  step: Step,
  inverse: Step | null,
  service?: string,
): PlannedStep {
  const fails = input.findings.filter(
    (f) => f.verdict === 'fail' && (service === undefined || f.service === service),
  );
  return {...step, why: rules.filter((rule) => fails.some((f) => f.rule === rule)), inverse};
}

function verification(input: StepsInput, scripts: readonly string[]): readonly PlannedStep[] {
  const {target, running, boot, edits} = input;
  // It looks, and answers nothing.
  const verify = (what: VerifyStep['what'], expected: number | string): PlannedStep =>
    planned(input, [], {kind: 'verify', what, expected}, null);
  const value =
    target === undefined || running === undefined || serves(running, target) ? running : target;
  const boots = edits.at(-1)?.bootTo ?? boot;
  return [
    ...(value === undefined ? [] : [verify('running', value)]),
    ...(boots === undefined ? [] : [verify('boot', boots)]),
    ...input.modes.verify.map(({what, expected}) => verify(what, expected)),
    ...scripts.map((script) => verify('captures', input.serviceOf(script))),
  ];
}

const setRunning = (from: number, to: number): Step => ({
  kind: 'set-running',
  oid: ZEROCOPY,
  from,
  to,
});

const write = ({file, from, to, bootFrom, bootTo}: BootEdit): Step => ({
  kind: 'write-boot',
  file,
  from,
  to,
  bootFrom,
  bootTo,
});

const unwrite = ({file, from, to, bootFrom, bootTo}: BootEdit): Step => ({
  kind: 'write-boot',
  file,
  from: to,
  to: from,
  bootFrom: bootTo,
  bootTo: bootFrom,
});

function back({lines, ...rc}: SetRc): SetRc {
  const turned = {...rc, from: rc.to, to: rc.from};
  return lines === undefined ? turned : {...turned, lines: turnedLines(lines)};
}

const OTHER = {before: 'after', after: 'before'} as const;

const turnedLines = ({at, before, after, unended, missing}: RcLines): RcLines => ({
  at,
  before: after,
  after: before,
  ...(unended === undefined ? {} : {unended: OTHER[unended]}),
  ...(missing === undefined ? {} : {missing: OTHER[missing]}),
});

const service = (
  kind: ServiceStep['kind'],
  script: string,
  from: ServiceStep['from'],
  to: ServiceStep['to'],
  mayKill: boolean,
): ServiceStep => ({kind, service: script, from, to, timeLimit: TIME_LIMIT, mayKill});

const stop = (script: string, mayKill: boolean): ServiceStep =>
  service('stop-service', script, 'running', 'stopped', mayKill);
const start = (script: string): ServiceStep =>
  service('start-service', script, 'stopped', 'running', false);
const restart = (script: string, mayKill: boolean): ServiceStep =>
  service('restart-service', script, 'running', 'running', mayKill);
