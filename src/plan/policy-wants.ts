import type {Wants} from '../rules/rule.js';
import {runningValue} from '../rules/reading/boot-value.js';
import {judgeAll} from '../rules/index.js';
import type {Finding} from '../model/finding.js';

import {attempt} from './attempt.js';
import {modeWishes} from './mode-wishes.js';
import type {PlanHostInput} from './plan-input.js';
import type {SeenCapture} from './seen-captures.js';
import {capturesOf} from './seen-captures.js';
import {serviceChanges} from './service-changes.js';

/** All a host is judged and planned by, before it is judged. */
export type JudgeInput = Omit<PlanHostInput, 'findings' | 'wants'>;

/** What the rules say of a host, with what the policy comes to there worked out as a plan would. */
export const findingsOf = (input: JudgeInput): readonly Finding[] =>
  judgeAll({...input, wants: policyWants(input)});

/** What `auto` wants here, and what of policy.rc and policy.disable is not so. */
export function policyWants(input: JudgeInput): Wants {
  const {system} = input.evidence.identity;
  const applies = system.state !== 'read' || system.value === 'FreeBSD';
  if (!applies || runningValue(input.evidence).state === 'absent') return {unmet: []};
  const seen = capturesOf(input);
  const {zerocopy} = input.policy;
  const auto = zerocopy === 'auto' ? autoWants(input, seen) : undefined;
  const turnsOn = zerocopy === 'on' || auto?.value === 1;
  const modes = wantedModes(input, zerocopy === undefined || turnsOn);
  return {
    ...(auto === undefined ? {} : {auto}),
    ...(modes === undefined ? {} : {modes}),
    unmet: unmetOf(input, seen, turnsOn),
  };
}

/** 1 where the gate would let it be set today; else 0, with the first reason why not. */
function autoWants(input: JudgeInput, seen: readonly SeenCapture[]): NonNullable<Wants['auto']> {
  const {gate} = attempt({...input, findings: []}, seen, 1);
  if (gate.allowed)
    return {value: 1, why: '1 is proven safe on this kernel, with all that captures here'};
  const [first, ...more] = gate.reasons.map(({text}) => clause(text));
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return {value: 0, why: `${first ?? '1 is not proven safe'}${others}`};
}

/** A sentence as the end of another: without its full stop, and "This kernel" in small letters. */
const clause = (text: string): string =>
  text.replace(/\.$/, '').replace(/^(This|The|When|Whether|Which) /, (word) => word.toLowerCase());

function unmetOf(
  input: JudgeInput,
  seen: readonly SeenCapture[],
  turnsOn: boolean,
): Wants['unmet'] {
  const {off, flagged, refusals} = serviceChanges(input, input.changes, seen, turnsOn);
  return [
    ...off.map(
      ({service}) => `policy.disable names ${service.id}, which still runs or is enabled.`,
    ),
    ...flagged.map(
      ({rc: {variable, from, to}}) =>
        `policy.rc wants ${variable}="${to ?? ''}", and it is ${from === null ? 'not set' : `"${from}"`}.`,
    ),
  ]
    .map((text) => ({text, hidden: false}))
    .concat(refusals.map(({kind, reason}) => ({text: `${reason}.`, hidden: kind === 'gap'})));
}

/** Undefined: the policy says nothing of modes, or `auto` where zero-copy stays off. */
function wantedModes(input: JudgeInput, mayBeOn: boolean): Wants['modes'] {
  const {modes} = input.changes;
  const running = runningValue(input.evidence);
  const isOn =
    mayBeOn &&
    (input.policy.zerocopy !== undefined || running.state !== 'read' || running.value !== 0);
  if (modes === 'auto' ? !isOn : Object.keys(modes).length === 0) return undefined;
  return modeWishes(input, input.changes, isOn).map(({pids: _, script: _script, ...wish}) => wish);
}
