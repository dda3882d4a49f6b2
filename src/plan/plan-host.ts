import type {ChangePolicy} from '../model/change-policy.js';
import type {Finding} from '../model/finding.js';
import type {GateReason, PlannedHost, PlannedState} from '../model/plan.js';
import {runningValue} from '../rules/boot-value.js';
import {posture} from '../rules/posture.js';
import type {Scene} from '../rules/rule.js';

import type {Attempt} from './attempt.js';
import {attempt, DEMAND} from './attempt.js';
import {leftToPeople} from './by-hand.js';
import {fingerprintOf} from './fingerprint.js';
import type {Gate} from './gate.js';
import type {SeenCapture} from './seen-captures.js';
import {seenCaptures} from './seen-captures.js';
import {standingFindings} from './standing.js';

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
  const about = {
    host: input.host,
    address: input.address,
    fingerprint: fingerprintOf(input),
    posture: posture(input.evidence, input.findings),
    standing: standingFindings(input.findings),
  };
  const idle = whyNothingApplies(input);
  if (idle !== undefined) {
    const reasons: readonly GateReason[] = [{kind: 'note', text: idle}];
    return {...about, state: 'nothing', gate: {allowed: true, reasons}, byHand: [], steps: []};
  }

  const {gate, steps, leftOver} = chosen(input);
  const left = gate.allowed ? leftToPeople(input.findings, steps, leftOver) : [];
  return {
    ...about,
    state: stateOf(gate, steps.length, left.length),
    gate: {...gate, reasons: [...gate.reasons, ...left.map(({reason}) => reason)]},
    byHand: left.map(({toDo}) => toDo),
    steps,
  };
}

/** What the policy comes to: 1 where it is wanted and, under auto, proven safe; else 0, or the value that is there. */
function chosen(input: PlanHostInput): Attempt {
  const {zerocopy} = input.policy;
  const seen = capturesOf(input);
  const on = zerocopy === 'on' || zerocopy === 'auto' ? attempt(input, seen, 1) : undefined;
  if (on !== undefined && (zerocopy === 'on' || on.gate.allowed)) return on;

  const off = attempt(input, seen, wantsOff(input) ? 0 : undefined);
  if (on === undefined || !off.gate.allowed || off.steps.length === 0) return off;
  const why = on.gate.reasons.map(({text, remedy}): GateReason => ({
    kind: 'note',
    text: `1 is not proven safe: ${text}`,
    ...(remedy === undefined ? {} : {remedy}),
  }));
  return {...off, gate: {...off.gate, reasons: [...off.gate.reasons, AUTO, ...why]}};
}

const AUTO: GateReason = {kind: 'note', text: 'auto: 0 is planned, since 1 is not proven safe'};

function stateOf(gate: Gate, steps: number, byHand: number): PlannedState {
  if (gate.allowed) return steps > 0 ? 'changes' : byHand > 0 ? 'by-hand' : 'nothing';
  return gate.reasons.some(({kind}) => kind === 'refusal') ? 'refused' : 'unknown';
}

/** Not FreeBSD, no bpf, or a jail whose value is what it should be: nothing is asked of such a host. */
function whyNothingApplies({evidence, policy}: PlanHostInput): string | undefined {
  if (policy.zerocopy === 'on') return undefined;
  const {system, jailed} = evidence.identity;
  if (system.state === 'read' && system.value !== 'FreeBSD') return `this is ${system.value}, not FreeBSD`;
  const running = runningValue(evidence);
  if (running.state === 'absent') return 'this kernel has no bpf(4)';
  if (jailed.state === 'read' && jailed.value && running.state === 'read' && running.value === 0)
    return "this is a jail; the value is its host's, and it is 0";
  return undefined;
}

/** Without a policy only what the findings demand: a capture that is lost, or will be at the next start or boot. */
function wantsOff({policy, findings}: PlanHostInput): boolean {
  if (policy.zerocopy !== undefined) return true;
  return findings.some((f) => DEMAND.includes(f.rule) && f.verdict === 'fail');
}

function capturesOf(input: PlanHostInput): readonly SeenCapture[] {
  const seen = seenCaptures(input);
  return seen.state === 'read' ? seen.value : [];
}
