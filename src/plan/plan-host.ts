import {NO_CHANGE_POLICY} from '../model/change-policy.js';
import type {Finding, Posture} from '../model/finding.js';
import type {GateReason, PlannedHost, PlannedState} from '../model/plan.js';
import {runningValue} from '../rules/reading/boot-value.js';
import {MAKES_POSTURE, posture} from '../rules/posture.js';

import type {Attempt} from './attempt.js';
import {attempt, isDemanded} from './attempt.js';
import {clearedByHand, leftToPeople} from './by-hand.js';
import {fingerprintOf} from './fingerprint.js';
import type {Gate} from './gate.js';
import type {PlanHostInput} from './plan-input.js';
import {capturesOf} from './seen-captures.js';
import {standingFindings} from './standing.js';

/**
 * What is to be done to one host, or why nothing may be. One judgement with the audit: a compliant
 * host has no step and nothing by hand, and every other host has one of them, or the reason why
 * not. What a waiver covers is left alone.
 */
export const planHost = (input: PlanHostInput): PlannedHost => ({
  ...changesFor(input),
  fingerprint: fingerprintOf(input),
});

/** The same without the fingerprint: where nothing is planned, nobody compares it. */
export function changesFor(input: PlanHostInput): Omit<PlannedHost, 'fingerprint'> {
  const found = posture(input.evidence, input.findings);
  const {gate, steps, leftOver} = idle(input) ?? chosen(withoutWaived(input));
  const left = gate.allowed ? leftToPeople(input.findings, steps, leftOver) : [];
  const unsure = gate.allowed && steps.length === 0 && found === 'unknown';
  const gaps = unsure ? unknowns(input.findings) : [];
  const reasons = [...gaps, ...gate.reasons];
  return {
    host: input.host,
    address: input.address,
    state: stateOf(gate, found, steps.length, left.length),
    posture: found,
    standing: standingFindings(input.findings),
    gate: {
      allowed: gate.allowed && !unsure,
      reasons: [...reasons, ...left.map(({reason}) => reason)],
    },
    byHand: [...clearedByHand(reasons), ...left.map(({toDo}) => toDo)],
    steps,
  };
}

function stateOf(gate: Gate, found: Posture, steps: number, byHand: number): PlannedState {
  if (!gate.allowed)
    return gate.reasons.some(({kind}) => kind === 'refusal') ? 'refused' : 'unknown';
  if (steps > 0) return 'changes';
  if (found === 'unknown') return 'unknown';
  return byHand > 0 ? 'by-hand' : 'nothing';
}

/** Why the rules cannot tell whether something is to be done. */
function unknowns(findings: readonly Finding[]): readonly GateReason[] {
  const open = findings.filter((f) => f.verdict === 'unknown' && MAKES_POSTURE.has(f.rule));
  if (open.length === 0) return [{kind: 'gap', text: 'the operating system could not be read'}];
  return open.map(({summary, fix}) => ({
    kind: 'gap',
    text: summary,
    ...(fix === '' ? {} : {remedy: fix}),
  }));
}

/**
 * Who accepted that the host is not as the policy says has accepted that the policy is not carried
 * out.
 */
function withoutWaived(input: PlanHostInput): PlanHostInput {
  const accepted = input.findings.some(
    (f) => f.rule === 'ZBUF-005' && f.verdict === 'fail' && f.waived !== undefined,
  );
  if (!accepted) return input;
  const {zerocopy: _, ...policy} = input.policy;
  return {...input, policy, changes: {...NO_CHANGE_POLICY, keep: input.changes.keep}};
}

/**
 * What the policy comes to: 1 where it is wanted and, under auto, proven safe; else 0, or the value
 * that is there.
 */
function chosen(input: PlanHostInput): Attempt {
  const {zerocopy} = input.policy;
  const seen = capturesOf(input);
  const on = zerocopy === 'on' || zerocopy === 'auto' ? attempt(input, seen, 1) : undefined;
  if (on !== undefined && (zerocopy === 'on' || on.gate.allowed)) return on;

  // Without a policy only what the findings demand: a capture is lost, or will be at the next start
  // or boot.
  const wantsOff = zerocopy !== undefined || isDemanded(input.findings);
  const off = attempt(input, seen, wantsOff ? 0 : undefined);
  if (on === undefined || !off.gate.allowed || off.steps.length === 0) return off;
  const why = on.gate.reasons.map(({text, remedy}): GateReason => ({
    kind: 'note',
    text: `1 is not proven safe: ${text}`,
    ...(remedy === undefined ? {} : {remedy}),
  }));
  return {...off, gate: {...off.gate, reasons: [...off.gate.reasons, AUTO, ...why]}};
}

const AUTO: GateReason = {kind: 'note', text: 'auto: 0 is planned, since 1 is not proven safe'};

/**
 * Not FreeBSD, or no bpf: nothing is asked of such a host, but to say so where somebody wants it
 * on.
 */
function idle({evidence, policy}: PlanHostInput): Attempt | undefined {
  if (policy.zerocopy === 'on') return undefined;
  const {system} = evidence.identity;
  const why =
    system.state === 'read' && system.value !== 'FreeBSD'
      ? `this is ${system.value}, not FreeBSD`
      : runningValue(evidence).state === 'absent'
        ? 'this kernel has no bpf(4)'
        : undefined;
  if (why === undefined) return undefined;
  return {gate: {allowed: true, reasons: [{kind: 'note', text: why}]}, steps: [], leftOver: []};
}
