import type {ChangePolicy} from '../model/change-policy.js';
import type {Finding} from '../model/finding.js';
import type {PlannedHost} from '../model/plan.js';
import {runningValue} from '../rules/boot-value.js';
import type {Scene} from '../rules/rule.js';

import {attempt, DEMAND} from './attempt.js';
import {fingerprintOf} from './fingerprint.js';
import type {SeenCapture} from './seen-captures.js';
import {seenCaptures} from './seen-captures.js';

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

function capturesOf(input: PlanHostInput): readonly SeenCapture[] {
  const seen = seenCaptures(input);
  return seen.state === 'read' ? seen.value : [];
}
