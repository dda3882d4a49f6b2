import type {ChangePolicy} from '../model/change-policy.js';
import type {Finding} from '../model/finding.js';
import type {PlannedHost} from '../model/plan.js';
import {bootValue, runningValue} from '../rules/boot-value.js';
import type {Scene} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';

import {afterRcChanges} from './after-plan.js';
import {bootEdits, serves} from './boot-edits.js';
import {fingerprintOf} from './fingerprint.js';
import type {Gate} from './gate.js';
import {gateOf, judgeGate} from './gate.js';
import {gaps} from './host-blockers.js';
import {stepsOf} from './planned-steps.js';
import type {SeenCapture} from './seen-captures.js';
import {seenCaptures} from './seen-captures.js';
import type {ServiceChanges} from './service-changes.js';
import {sameScript, serviceChanges} from './service-changes.js';
import {zerocopyRestarts} from './zerocopy-restarts.js';

export interface PlanHostInput extends Scene {
  readonly host: string;
  readonly address: string;
  readonly changes: ChangePolicy;
  /** What the rules say of the same evidence. */
  readonly findings: readonly Finding[];
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly cleanDuplicates?: boolean;
}

/** What is to be done to one host, or why nothing may be. A host that is as it should be has no steps. */
export function planHost(input: PlanHostInput): PlannedHost {
  const about = {host: input.host, address: input.address, fingerprint: fingerprintOf(input)};
  const idle = whyNothingApplies(input);
  if (idle !== undefined) return {...about, gate: {allowed: true, reasons: [idle], remedies: []}, steps: []};

  const seen = capturesOf(input);
  const on =
    input.policy.zerocopy === 'on' || input.policy.zerocopy === 'auto' ? attempt(input, seen, 1) : undefined;
  if (on !== undefined && (input.policy.zerocopy === 'on' || on.gate.allowed)) return {...about, ...on};

  const off = attempt(input, seen, wantsOff(input) ? 0 : undefined);
  if (on === undefined || !off.gate.allowed || off.steps.length === 0) return {...about, ...off};
  const [first = '', ...more] = on.gate.reasons;
  const note = `auto: 0 is planned, since 1 is not proven safe: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
  return {...about, gate: {...off.gate, reasons: [...off.gate.reasons, note]}, steps: off.steps};
}

/** Not FreeBSD, no bpf, or a jail whose value is what it should be: nothing is asked of such a host. */
function whyNothingApplies({evidence, policy}: PlanHostInput): string | undefined {
  if (policy.zerocopy === 'on') return undefined;
  const {system, jailed} = evidence.identity;
  if (system.state === 'read' && system.value !== 'FreeBSD')
    return `nothing to do: this is ${system.value}, not FreeBSD`;
  const running = runningValue(evidence);
  if (running.state === 'absent') return 'nothing to do: this kernel has no bpf(4)';
  if (jailed.state === 'read' && jailed.value && running.state === 'read' && running.value === 0)
    return "nothing to do: this is a jail; the value is its host's, and it is 0";
  return undefined;
}

/** Without a policy only what the findings demand: a capture that is lost, or will be at the next start or boot. */
function wantsOff({policy, findings}: PlanHostInput): boolean {
  if (policy.zerocopy !== undefined) return true;
  return findings.some((f) => DEMAND.includes(f.rule) && f.verdict === 'fail');
}

const DEMAND = ['ZBUF-001', 'ZBUF-002', 'ZBUF-003'];

function capturesOf(input: PlanHostInput): readonly SeenCapture[] {
  const seen = seenCaptures(input);
  return seen.state === 'read' ? seen.value : [];
}

/** The plan for one value; undefined: the value stays as it is. */
function attempt(
  input: PlanHostInput,
  seen: readonly SeenCapture[],
  target: number | undefined,
): Pick<PlannedHost, 'gate' | 'steps'> {
  const turnsOn = target !== undefined && target !== 0;
  const services = serviceChanges(input, input.changes, seen, turnsOn);
  const restarts = zerocopyRestarts(input, input.changes, seen);
  const needed = target === 0 ? restarts : {scripts: [], refusals: [], byHand: []};
  const edits = bootEdits(input.evidence, target, input.cleanDuplicates === true);
  const running = runningValue(input.evidence);
  const steps = stepsOf({
    findings: input.findings,
    ...(running.state === 'read' ? {running: running.value} : {}),
    ...bootOf(input),
    target,
    services,
    edits: edits.edits,
    restarts: needed.scripts,
    /** Whatever may be in zero-copy mode may be stalled, and a stalled capture ends by SIGKILL only. */
    stubborn: restarts.scripts,
    serviceOf: (script) => seen.find((c) => c.service?.rcScript === script)?.service?.id ?? script,
  });
  const also = [...services.refusals, ...needed.refusals, ...edits.refusals, ...tooMany(steps.length)];
  const gate = gateFor(input, target, services, also, steps.length > 0);
  if (!gate.allowed) return {gate, steps: []};
  const reasons = needed.byHand.map(({reason}) => reason);
  return {gate: {allowed: true, reasons, remedies: needed.byHand.map(({remedy}) => remedy)}, steps};
}

function bootOf({evidence}: PlanHostInput): {readonly boot?: number} {
  const boot = bootValue(evidence);
  return boot.state === 'read' ? {boot: boot.value.value} : {};
}

/**
 * A host on which nothing is to be done need not be fit for a change; it must have been seen whole, though, or nobody knows
 * that nothing is to be done. Where the value is on already and captures are lost for it, that is not left unsaid.
 */
function gateFor(
  input: PlanHostInput,
  target: number | undefined,
  services: ServiceChanges,
  also: readonly NotEditable[],
  changes: boolean,
): Gate {
  // auto: on only where it is proven safe, also where it is on already.
  const mustProve = target !== undefined && target !== 0 && input.policy.zerocopy === 'auto';
  const harmful =
    target !== undefined &&
    target !== 0 &&
    input.findings.some((f) => DEMAND.includes(f.rule) && f.verdict === 'fail');
  if (!changes && also.length === 0 && !harmful && !mustProve && isSo(input, target))
    return gateOf(gaps(input.evidence));
  const rc = services.flagged.map(({rc: change}) => change);
  return judgeGate({
    ...input,
    evidence: afterRcChanges(input.evidence, rc, input.services),
    target: target ?? (rc.length > 0 ? present(input) : 0),
    disabled: input.services
      .filter((s) => services.off.some(({service}) => sameScript(s, service)))
      .map(({id}) => id),
    also,
  });
}

/**
 * The value that stays where none is set: a variable may switch on a service that the value breaks, so the plan is judged as
 * if it set the value that is there. 0 asks for no more than that the host can be changed at all.
 */
function present({evidence}: PlanHostInput): number {
  const running = runningValue(evidence);
  const boot = bootValue(evidence);
  const values = [running.state === 'read' ? running.value : 0, boot.state === 'read' ? boot.value.value : 0];
  return values.find((value) => value !== 0) ?? 0;
}

/** Whether the host runs and boots as wanted; a value that was not read is not. */
function isSo({evidence}: PlanHostInput, target: number | undefined): boolean {
  const running = runningValue(evidence);
  const boot = bootValue(evidence);
  if (target === undefined) return true;
  return (
    running.state === 'read' &&
    boot.state === 'read' &&
    serves(running.value, target) &&
    serves(boot.value.value, target)
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
