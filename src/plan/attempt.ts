import type {Finding} from '../model/finding.js';
import type {PlannedHost} from '../model/plan.js';
import {bootValue, runningValue} from '../rules/reading/boot-value.js';
import type {NotEditable} from '../steps/editable.js';

import {afterRcChanges} from './after-plan.js';
import type {BootEdits} from './boot-edits.js';
import {bootEdits, serves} from './boot-edits.js';
import type {Gate} from './gate.js';
import {gateOf, judgeGate} from './gate.js';
import {afterModeChanges} from './after-modes.js';
import {modeChanges} from './mode-changes.js';
import type {ModeChanges} from './mode-changes.js';
import type {PlanHostInput} from './plan-input.js';
import {stepsOf} from './planned-steps.js';
import type {SeenCapture} from './seen-captures.js';
import type {ServiceChanges} from './service-changes.js';
import {sameScript, serviceChanges} from './service-changes.js';
import type {LeftOver, Restarts} from './zerocopy-restarts.js';
import {zerocopyRestarts} from './zerocopy-restarts.js';

/** Rules whose failure is a capture that is lost, or will be at the next start or boot. */
const DEMAND = ['ZBUF-001', 'ZBUF-002', 'ZBUF-003'];

/** Whether such a rule fails, and nobody accepted it. */
export const isDemanded = (findings: readonly Finding[]): boolean =>
  findings.some((f) => DEMAND.includes(f.rule) && f.verdict === 'fail' && f.waived === undefined);

/** What setting one value comes to. */
export interface Attempt extends Pick<PlannedHost, 'gate' | 'steps'> {
  /** Captures that no step restarts; empty where nothing may be changed. */
  readonly leftOver: readonly LeftOver[];
}

/** The plan for one value; undefined: the value stays as it is. */
export function attempt(
  input: PlanHostInput,
  seen: readonly SeenCapture[],
  target: number | undefined,
): Attempt {
  const turnsOn = target !== undefined && target !== 0;
  const services = serviceChanges(input, input.changes, seen, turnsOn);
  const restarts = zerocopyRestarts(input, input.changes, seen, acceptedStalls(input.findings));
  const needed = target === 0 ? restarts : NO_RESTARTS;
  const edits = isJailed(input)
    ? NO_EDITS
    : bootEdits(input.evidence, target, input.cleanDuplicates === true);
  const running = runningValue(input.evidence);
  const modes = modeChanges(input, input.changes, isOnAfter(input, target));
  const steps = stepsOf({
    findings: input.findings,
    ...(running.state === 'read' ? {running: running.value} : {}),
    ...bootOf(input),
    target,
    services,
    modes,
    edits: edits.edits,
    cleanDuplicates: input.cleanDuplicates === true,
    restarts: needed.scripts,
    stubborn: [...restarts.scripts, ...waitingForAPacket(seen)],
    serviceOf: (script) => seen.find((c) => c.service?.rcScript === script)?.service?.id ?? script,
  });
  const also = [
    ...services.refusals,
    ...needed.refusals,
    ...edits.refusals,
    ...modes.refusals,
    ...tooMany(steps.length),
  ];
  const gate = gateFor(input, target, services, modes, also, steps.length > 0);
  if (!gate.allowed) return {gate, steps: [], leftOver: []};
  return {
    gate: {...gate, reasons: [...gate.reasons, ...needed.notes, ...edits.notes, ...modes.notes]},
    steps,
    leftOver: needed.byHand,
  };
}

/**
 * Whatever may be in zero-copy mode may be stalled, and a stalled capture ends by SIGKILL only; one
 * that is well may end with the next packet only, and keeps its mode when the value is 0 again.
 */
const waitingForAPacket = (seen: readonly SeenCapture[]): readonly string[] =>
  seen.flatMap(({state, service}) => (state === 'zero-copy' ? (service?.rcScript ?? []) : []));

const NO_RESTARTS: Restarts = {scripts: [], refusals: [], byHand: [], notes: []};
const NO_EDITS: BootEdits = {edits: [], refusals: [], notes: []};

/** Whether zero-copy is on once it is done; what could not be read may be. */
function isOnAfter({evidence}: PlanHostInput, target: number | undefined): boolean {
  if (target !== undefined) return target !== 0;
  const running = runningValue(evidence);
  return running.state === 'unreadable' || (running.state === 'read' && running.value !== 0);
}

/** The boot value of a jail is its host's: nothing in the jail sets it. */
const isJailed = ({evidence: {identity}}: PlanHostInput): boolean =>
  identity.jailed.state === 'read' && identity.jailed.value;

/** Stalled captures somebody accepts: a waiver covers the finding. */
const acceptedStalls = (findings: readonly Finding[]): ReadonlySet<number> =>
  new Set(
    findings.flatMap(({rule, verdict, waived, pid}) =>
      rule === 'ZBUF-001' && verdict === 'fail' && waived !== undefined && pid !== undefined
        ? [pid]
        : [],
    ),
  );

function bootOf({evidence}: PlanHostInput): {readonly boot?: number} {
  const boot = bootValue(evidence);
  return boot.state === 'read' ? {boot: boot.value.value} : {};
}

/**
 * A host on which nothing is to be done need not be fit for a change; whether it was seen well
 * enough to know that is for the rules to say (its posture is unknown if not). Where the value is
 * on already and captures are lost for it, that is not left unsaid.
 */
function gateFor(
  input: PlanHostInput,
  target: number | undefined,
  services: ServiceChanges,
  modes: ModeChanges,
  also: readonly NotEditable[],
  changes: boolean,
): Gate {
  // auto: on only where it is proven safe, also where it is on already.
  const mustProve = target !== undefined && target !== 0 && input.policy.zerocopy === 'auto';
  const harmful = target !== undefined && target !== 0 && isDemanded(input.findings);
  if (!changes && also.length === 0 && !harmful && !mustProve && isSo(input, target))
    return gateOf([]);
  const rc = [...services.flagged.map(({rc: change}) => change), ...modes.preload];
  return judgeGate({
    ...input,
    evidence: afterModeChanges(afterRcChanges(input.evidence, rc, input.services), modes),
    restarted: input.services.flatMap(({id, rcScript = ''}) =>
      modes.restarts.includes(rcScript) ? [id] : [],
    ),
    target: target ?? (rc.length > 0 ? present(input) : 0),
    disabled: input.services
      .filter((s) => services.off.some(({service}) => sameScript(s, service)))
      .map(({id}) => id),
    also,
  });
}

/**
 * The value that stays where none is set: a variable may switch on a service that the value breaks,
 * so the plan is judged as if it set the value that is there. 0 asks for no more than that the host
 * can be changed at all.
 */
function present({evidence}: PlanHostInput): number {
  const running = runningValue(evidence);
  const boot = bootValue(evidence);
  const values = [
    running.state === 'read' ? running.value : 0,
    boot.state === 'read' ? boot.value.value : 0,
  ];
  return values.find((value) => value !== 0) ?? 0;
}

/** Whether the host runs and boots as wanted; a value that was not read is not. */
function isSo(input: PlanHostInput, target: number | undefined): boolean {
  const {evidence} = input;
  const running = runningValue(evidence);
  const boot = bootValue(evidence);
  if (target === undefined) return true;
  return (
    running.state === 'read' &&
    serves(running.value, target) &&
    (isJailed(input) || (boot.state === 'read' && serves(boot.value.value, target)))
  );
}

const MOST = 100;

const tooMany = (count: number): readonly NotEditable[] =>
  count <= MOST
    ? []
    : [
        {
          reason: `more than ${MOST} steps would be needed`,
          remedy: 'Set fewer variables in policy.rc at a time.',
        },
      ];
